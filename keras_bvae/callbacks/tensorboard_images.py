"""Pictures for TensorBoard, on any backend and without TensorFlow."""

import importlib.util
import os
import socket
import struct
import time
from pathlib import Path

from keras_bvae.errors import FileNotWritten, KerasBVAEError, MissingPackage
from keras_bvae.files.folders import ADVICE, make_folder

# Where a PNG file keeps its width and height: big-endian, behind the signature.
_PNG_SIZE = slice(16, 24)


class TensorBoardImages:
    """Writes PNG files as image summaries into a log folder.

    `tensorboard`'s own EventFileWriter imports TensorFlow where it is installed; its
    record writer and message types do not.

    Args:
        folder: str or Path, the log folder; made with the first picture.

    Raises:
        ModuleNotFoundError: tensorboard is not installed.
    """

    def __init__(self, folder):
        if importlib.util.find_spec("tensorboard") is None:
            raise MissingPackage(
                "Pictures in TensorBoard need the package tensorboard, which is not "
                "installed. Run `pip install tensorboard`, or leave its folder out."
            )
        self.folder = Path(folder)
        self._records = None

    def write(self, tag, png, step):
        """Adds a picture.

        Args:
            tag: str, what TensorBoard lists it as.
            png: bytes of a PNG file.
            step: int, where on TensorBoard's slider it stands.

        Raises:
            OSError: the folder cannot be made or written.
        """
        from tensorboard.compat.proto import event_pb2, summary_pb2

        width, height = struct.unpack(">II", png[_PNG_SIZE])
        image = summary_pb2.Summary.Image(
            encoded_image_string=png, width=width, height=height
        )
        value = summary_pb2.Summary.Value(tag=tag, image=image)
        summary = summary_pb2.Summary(value=[value])
        try:
            self._append(event_pb2.Event(step=step, summary=summary))
        except KerasBVAEError:
            raise
        except OSError as error:
            reason = error.strerror or str(error)
            raise FileNotWritten(self.folder, reason, ADVICE) from error

    def close(self):
        """Ends the file; a picture after that begins another."""
        if self._records is not None:
            self._records.close()
            self._records = None

    def _append(self, event):
        from tensorboard.compat.proto import event_pb2
        from tensorboard.summary.writer.record_writer import RecordWriter

        if self._records is None:
            make_folder(self.folder)
            # TensorBoard reads every file named so; by the time of day they sort.
            host, process, now = socket.gethostname(), os.getpid(), time.time_ns()
            name = f"events.out.tfevents.{now // 10**9:010d}.{host}.{process}.{now}"
            self._records = RecordWriter(self._new_file(name))
            version = event_pb2.Event(file_version="brain.Event:2")
            self._write(version)
        self._write(event)
        # A run that is killed keeps what it drew.
        self._records.flush()

    def _new_file(self, name):
        return open(self.folder / name, "xb")

    def _write(self, event):
        event.wall_time = time.time()
        self._records.write(event.SerializeToString())
