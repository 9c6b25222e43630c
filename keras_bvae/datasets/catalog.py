"""Data sets by name: one way to say which, everywhere."""

# What `load` understands, with what it is. Importing this costs nothing: the module of
# each data set, and what that needs, is imported when the data set is asked for.
NAMES = {
    "dsprites": "dSprites, drawn from its geometry: nothing to download",
    "dsprites:FILE.npz": "dSprites from the official file, or its .hdf5",
    "shapes3d:3dshapes.h5": "3D Shapes from the official file",
    "mpi3d:FILE.npz": "MPI3D from an official file: toy, realistic or real",
    "cars3d:DIR": "Cars3D, its folder or nips2015-analogy-data.tar.gz",
    "smallnorb:DIR": "smallNORB, the folder of the original .mat files",
    "tfds:NAME": "an image set of TensorFlow Datasets, such as celeb_a",
    "images:DIR": "a folder of pictures; DIR/factors.csv: their factors",
    "array:FILE.npy": "images in a NumPy file; FILE.csv: their factors",
    "digits": "scikit-learn's handwritten digits, no factors",
}

# What may follow a name, as often as it makes sense, done from left to right.
CHANGES = {
    "+color": "each sprite in a colour of its own",
    "+noise": "white sprites on coloured noise",
    "+background[=PICTURE]": "sprites on a texture, or on your picture",
    "+hide=FACTOR": "varies as before, but is no factor any more",
    "+fix=FACTOR:CLASS": "only the images of that class",
    "+correlate=FACTOR:FACTOR:SIGMA": "drawn together in training; 0.2 is strong",
    "+train[=SHARE[:SEED]]": "without the held-out share: 0.1, by seed 0",
    "+validation[=SHARE[:SEED]]": "the share that +train holds out",
    "+size=PIXELS": "height and width, where there is a choice",
    "+grey": "greyscale: images, array, tfds",
    "+skip-corrupt": "without files that cannot be read: images",
}


def load(name, image_size=None):
    """A data set by its name; cheap, as images are read or drawn when they are needed.

    A name is a source and changes: "dsprites", "images:DIR+size=128+train",
    "dsprites+fix=shape:0+color". `NAMES` and `CHANGES` list them.

    Args:
        name: str. A path in it may hold a `+`: it ends before a change, or where the
            longest path ends that exists.
        image_size: int, height and width, as `+size`; None: the data set's own, or 64.

    Returns:
        Dataset, whose `name` is `name`.

    Raises:
        ValueError: the name is not known, a change does not fit the data set, the file
            is unusable, or the data set does not come in this size.
        OSError: the file is missing, or a download failed.
    """
    from keras_bvae.datasets.changes.named_changes import changed
    from keras_bvae.datasets.data_name import parse_data_name
    from keras_bvae.datasets.sources import SOURCE_OPTIONS, open_source

    parsed = parse_data_name(name)
    options = [change for change in parsed.changes if change[0] in SOURCE_OPTIONS]
    dataset = open_source(parsed.source, options, image_size)
    for word, value in parsed.changes:
        if word not in SOURCE_OPTIONS:
            dataset = changed(dataset, word, value)
    if parsed.changes:
        dataset.name = str(name)
    return dataset
