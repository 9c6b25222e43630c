import os
import warnings

import numpy as np
import pytest
from deep_pictures import deep_png
from PIL import Image

from keras_bvae.datasets.own.image_folder import ImageFolder

RED, GREEN, BLUE = (200, 0, 0), (0, 200, 0), (0, 0, 200)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    return folder


def painted(colour, width=30, height=20):
    return Image.new("RGB", (width, height), colour)


def photograph(path):
    """A JPEG with much detail, so that half of its bytes are half of its pixels."""
    noise = np.random.default_rng(0).integers(0, 256, (99, 99, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    return path


def cut(path):
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])


@pytest.mark.parametrize("ending", ["png", "jpg", "gif", "webp", "bmp", "tif"])
def test_every_usual_format_is_read(folder, ending):
    # JPEG and WebP keep colours only roughly.
    painted(RED).save(folder / f"a.{ending}")
    dataset = ImageFolder(folder, image_size=16)
    image = dataset.images_at([0])[0]
    assert image.shape == (16, 16, 3)
    np.testing.assert_allclose(image.reshape(-1, 3), [RED] * 256, atol=4)


def test_pictures_of_every_size_and_mode_make_one_set(folder):
    (folder / "deep" / "er").mkdir(parents=True)
    painted(RED).save(folder / "1.png")
    painted(GREEN, 9, 50).quantize(2).save(folder / "2.png")
    transparent = painted(BLUE).convert("RGBA")
    transparent.paste((255, 255, 255, 0), (0, 0, 30, 10))
    transparent.save(folder / "10.png")
    deep = np.full((20, 20), 257 * 90, np.uint16)
    Image.fromarray(deep).save(folder / "deep" / "16bit.png")
    painted(GREEN).convert("CMYK").save(folder / "deep" / "er" / "a.tif")
    (folder / "notes.txt").write_text("not a picture")
    dataset = ImageFolder(folder, image_size=8)
    assert dataset.files == [
        "1.png",
        "2.png",
        "10.png",
        "deep/16bit.png",
        "deep/er/a.tif",
    ]
    assert dataset.name == f"images:{folder}"
    assert dataset.image_shape == (8, 8, 3)
    few = dataset.images_at([4, 2])
    dataset.prepare()
    images = dataset.images_at(np.arange(5))
    np.testing.assert_array_equal(images[[4, 2]], few)
    assert (images[0] == RED).all()
    assert (images[1] == GREEN).all()
    # The upper half is transparent, and 4 rows blur into the next by Lanczos.
    assert (images[2, :3] < 20).all()
    np.testing.assert_allclose(images[2, 5:], np.full((3, 8, 3), BLUE), atol=25)
    assert (images[3] == 90).all()
    np.testing.assert_allclose(images[4], np.full((8, 8, 3), GREEN), atol=2)


def test_the_middle_square_is_kept(folder):
    picture = painted(RED, 40, 20)
    picture.paste(GREEN, (10, 0, 30, 20))
    picture.save(folder / "wide.png")
    picture.rotate(90, expand=True).save(folder / "high.png")
    images = ImageFolder(folder, image_size=10).images_at([0, 1])
    assert (images == GREEN).all()


def test_pictures_are_fitted_as_told(folder):
    picture = painted(RED, 40, 20)
    picture.paste(GREEN, (10, 0, 30, 20))
    picture.save(folder / "wide.png")
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter to the right
    picture.save(folder / "high.png", exif=exif)

    def images(size, **options):
        dataset = ImageFolder(folder, size, **options)
        assert dataset.image_shape == (*size, 3)
        return dataset.images_at([0, 1])  # high, wide

    high, wide = images((20, 40))
    np.testing.assert_array_equal(wide, np.asarray(picture))
    # Its middle, ten rows of forty.
    assert (high == GREEN).all()
    high, wide = images((20, 40), fit="pad", on="white")
    np.testing.assert_array_equal(wide, np.asarray(picture))
    assert (high[:, [0, 14, 25, 39]] == 255).all()
    assert high[0, 20].tolist() == high[-1, 20].tolist() == [*RED]
    high, wide = images((40, 20), fit="stretch")
    np.testing.assert_array_equal(high, np.asarray(picture.rotate(-90, expand=True)))
    assert wide[0, 0, 0] > 150
    described = ImageFolder(folder, (40, 20), fit="stretch").summary()
    assert "all of each, stretched\n2 images, 20 wide x 40 high, colour" in described


def test_opacity_is_kept_on_request_alone(folder):
    clear = painted(BLUE, 20, 20).convert("RGBA")
    clear.putalpha(Image.fromarray(np.uint8([[0] * 10 + [255] * 10] * 20)))
    clear.save(folder / "1.png")
    clear.convert("LA").save(folder / "2.png")
    painted(RED, 20, 20).save(folder / "3.png")
    painted(RED, 20, 20).convert("CMYK").save(folder / "4.tif")
    deep = np.full((20, 20, 4), 257 * 60, np.uint16)
    (folder / "5.png").write_bytes(deep_png(deep))
    painted(GREEN, 20, 20).quantize(2).save(folder / "6.png", transparency=0)
    assert ImageFolder(folder, 20).image_shape == (20, 20, 3)
    images = ImageFolder(folder, 20, channels=4).images_at(np.arange(6))
    assert images.shape == (6, 20, 20, 4)
    assert images[0, 0, [0, 19]].tolist() == [[0, 0, 0, 0], [*BLUE, 255]]
    # ITU-R 601: 0.114 · 200
    assert images[1, 0, [0, 19]].tolist() == [[0, 0, 0, 0], [23, 23, 23, 255]]
    assert (images[2] == (*RED, 255)).all()
    assert (images[3, ..., 3] == 255).all()
    assert (images[4] == 60).all()
    assert (images[5, ..., 3] == 0).all()
    assert ImageFolder(folder, channels=1).image_shape == (64, 64, 1)
    with pytest.raises(ValueError, match=r"\+grey and \+channels=3"):
        ImageFolder(folder, greyscale=True, channels=3)


def test_grey_files_have_three_channels_on_request(folder):
    painted(RED).convert("L").save(folder / "a.png")
    images = ImageFolder(folder, 8, channels=3).images_at([0])
    assert images.shape == (1, 8, 8, 3)
    assert (images == 60).all()


@pytest.mark.parametrize("fit", ["pad", "stretch", "crop"])
@pytest.mark.parametrize(
    ("pixels", "value_range"),
    [
        (np.uint16([[0, 4095]]), (0, 4095)),
        (np.uint16([[0, 65535]]), None),
        (np.float32([[-1, 1]]), (-1, 1)),
        (np.float32([[0, 1]]), None),
        (np.int32([[-1024, 3071]]), (-1024, 3071)),
    ],
)
def test_deep_pictures_are_spread_before_they_are_fitted(
    folder, pixels, value_range, fit
):
    wide = np.repeat(np.repeat(pixels, 16, axis=0), 16, axis=1)
    Image.fromarray(wide).save(folder / "a.tif")
    dataset = ImageFolder(folder, (8, 16), value_range=value_range, fit=fit)
    image = dataset.images_at([0])[0, :, :, 0]
    assert (image[:, 0] == 0).all()
    assert (image[:, -1] == 255).all()


@pytest.mark.parametrize("fit", ["pad", "stretch", "crop"])
@pytest.mark.parametrize(
    ("ending", "mode"),
    [
        *(("png", mode) for mode in ("L", "RGBA", "I;16")),
        *(("tif", mode) for mode in ("RGB", "RGBA", "I;16")),
        ("jpg", "RGB"),
    ],
)
def test_more_pixels_than_pillow_allows_are_read_where_allowed(
    folder, monkeypatch, ending, mode, fit
):
    # Beyond twice as many Pillow refuses, in the whole process.
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
    # Bands of a row, which has fewer.
    monkeypatch.setattr("keras_bvae.datasets.own.eight_bits.PIXELS_OF_A_BAND", 90)
    deep = mode == "I;16"
    values = np.full((20, 90), 60_000 if deep else 200, "u2" if deep else "u1")
    picture = Image.fromarray(values)
    (picture if deep else picture.convert(mode)).save(folder / f"a.{ending}")
    dataset = ImageFolder(folder, (8, 36), fit=fit, max_pixels=1800)
    dataset.prepare()
    # 60,000 of 65,535 by hand: 233.
    assert abs(int(dataset.images_at([0])[0, 4, 4, 0]) - (233 if deep else 200)) <= 1


def test_rotation_mark_is_obeyed(folder):
    picture = painted(RED, 20, 20)
    picture.paste(GREEN, (0, 0, 10, 20))
    exif = Image.Exif()
    exif[0x0112] = 6  # the left side of the file is the top of the picture
    picture.save(folder / "a.jpg", exif=exif, quality=95, subsampling=0)
    image = ImageFolder(folder, image_size=20).images_at([0])[0]
    np.testing.assert_allclose(image[:9], np.full((9, 20, 3), GREEN), atol=12)
    np.testing.assert_allclose(image[11:], np.full((9, 20, 3), RED), atol=12)


def test_grey_where_all_are_grey(folder):
    painted(RED).convert("L").save(folder / "a.jpg")
    painted(GREEN).convert("1").save(folder / "b.png")
    assert ImageFolder(folder).image_shape == (64, 64, 1)
    painted(RED).save(folder / "c.png")
    assert ImageFolder(folder).image_shape == (64, 64, 3)
    grey = ImageFolder(folder, greyscale=True)
    assert grey.image_shape == (64, 64, 1)
    # ITU-R 601: 0.299 · 200
    assert (grey.images_at([2]) == 60).all()


def test_images_come_from_the_cache_until_a_file_changes(folder):
    painted(RED).save(folder / "a.png")
    ImageFolder(folder, image_size=8).prepare()
    assert (ImageFolder(folder, image_size=8).images_at([0]) == RED).all()
    painted(GREEN).save(folder / "a.png")
    os.utime(folder / "a.png", (1, 1))
    dataset = ImageFolder(folder, image_size=8)
    dataset.prepare()
    assert (dataset.images_at([0]) == GREEN).all()


def test_file_with_an_unreadable_header_is_refused_at_once(folder):
    painted(RED).save(folder / "a.png")
    (folder / "b.png").write_text("a text")
    with pytest.raises(ValueError, match=r"1 file cannot be read \(b.png: no image\)"):
        ImageFolder(folder)


def test_all_damaged_pixels_are_named_by_prepare(folder, tmp_path):
    painted(RED).save(folder / "a.png")
    files = [photograph(folder / f"cut{number}.jpg") for number in range(5)]
    dataset = ImageFolder(folder, image_size=8)
    for file in files:
        cut(file)
    assert len(dataset) == 6
    match = r"5 files cannot be read \(cut0.jpg: [^,]*, cut1.jpg: .*, cut2.jpg: .*, …\)"
    with pytest.raises(ValueError, match=match):
        dataset.prepare()
    with pytest.raises(ValueError, match="5 files cannot be read"):
        dataset.images_at([2])
    assert not list((tmp_path / "cache").glob("images_*"))
    with pytest.raises(ValueError, match="5 files cannot be read"):  # seen at once
        ImageFolder(folder, image_size=8)


def test_damaged_files_are_left_out_when_asked(folder):
    painted(RED).save(folder / "1.png")
    cut(photograph(folder / "2.jpg"))
    painted(GREEN).save(folder / "3.png")
    (folder / "4.png").write_text("a text")
    dataset = ImageFolder(folder, image_size=8, skip_corrupt=True)
    calls = []
    with pytest.warns(RuntimeWarning, match=r"2 files cannot be read.*2.jpg.*4.png"):
        dataset.prepare(lambda *state: calls.append(state))
    assert len(dataset) == 2
    assert dataset.files == ["1.png", "3.png"]
    assert list(dataset.skipped) == ["2.jpg", "4.png"]
    assert (dataset.images_at([0, 1])[:, 0, 0] == [RED, GREEN]).all()
    # One bar: four files looked at, then what is left.
    assert calls[:4] == [(1, 8), (2, 8), (3, 8), (4, 8)]
    assert calls[-1] == (8, 8)


def test_count_is_right_from_the_start_where_files_are_left_out(folder):
    painted(RED).save(folder / "1.png")
    cut(photograph(folder / "2.jpg"))
    with pytest.warns(RuntimeWarning, match="1 file cannot be read"):
        assert len(ImageFolder(folder, skip_corrupt=True)) == 1


def test_nothing_is_said_where_nothing_is_left_out(folder):
    painted(RED).save(folder / "1.png")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dataset = ImageFolder(folder, skip_corrupt=True)
        assert dataset.skipped == {}
        assert len(dataset) == 1


def test_folder_of_damaged_files_alone_is_refused_even_so(folder):
    cut(photograph(folder / "2.jpg"))
    with pytest.raises(ValueError, match="1 file cannot be read"):
        len(ImageFolder(folder, skip_corrupt=True))


def test_table_beside_the_pictures_makes_the_factors(folder):
    (folder / "b").mkdir()
    for name, colour in (("b/1.png", RED), ("b/2.png", GREEN), ("a.png", BLUE)):
        painted(colour).save(folder / name)
    (folder / "factors.csv").write_text(
        "file,colour,size\nb/1.png,red,1\nb/2.png,green,1\na.png,blue,2\n"
    )
    dataset = ImageFolder(folder, image_size=8)
    assert dataset.files == ["a.png", "b/1.png", "b/2.png"]
    assert dataset.factor_names == ("colour", "size")
    assert dataset.factor_values["colour"] == ("blue", "green", "red")
    assert (dataset.images([[1, 0]]) == GREEN).all()
    (folder / "factors.csv").write_text("file,colour\na.png,blue\n")
    with pytest.raises(ValueError, match=r"no row for 'b/1.png' and 1 more"):
        ImageFolder(folder)


def test_factors_follow_the_files_that_are_left(folder):
    painted(RED).save(folder / "1.png")
    cut(photograph(folder / "2.jpg"))
    painted(GREEN).save(folder / "3.png")
    (folder / "factors.csv").write_text("file,hue\n1.png,0\n2.jpg,1\n3.png,2\n")
    dataset = ImageFolder(folder, image_size=8, skip_corrupt=True)
    with pytest.warns(RuntimeWarning, match="2.jpg"):
        assert dataset.factor_values == {"hue": ("0", "2")}
    assert (dataset.images([[1]]) == GREEN).all()


def test_empty_and_missing_folders_are_refused(folder):
    (folder / "a.txt").write_text("a text")
    with pytest.raises(ValueError, match=r"must hold some.*which holds none"):
        ImageFolder(folder)
    with pytest.raises(NotADirectoryError, match=r"received .*nowhere"):
        ImageFolder(folder / "nowhere")
    with pytest.raises(NotADirectoryError, match=r"received .*a\.txt"):
        ImageFolder(folder / "a.txt")


@pytest.mark.parametrize("image_size", [0, 7, 513, "64"])
def test_impossible_size_is_refused(folder, image_size):
    painted(RED).save(folder / "1.png")
    with pytest.raises(ValueError, match="must be a whole number"):
        ImageFolder(folder, image_size=image_size)


RAMP = np.tile(np.linspace(0, 1, 16), (16, 1))


def test_deep_pictures_are_spread_by_what_is_said(folder):
    Image.fromarray(np.uint16(RAMP * 4095)).save(folder / "a.png")
    with pytest.raises(ValueError, match=r"file a\.png, .*\+range=0:4095 behind"):
        ImageFolder(folder)
    image = ImageFolder(folder, 16, value_range=(0, 4095)).images_at([0])[0, ..., 0]
    np.testing.assert_array_equal(image, np.rint(np.uint16(RAMP * 4095) / 4095 * 255))
    # The version of the decoded images knows the range.
    first, second = (
        ImageFolder(folder, 16, value_range=(0, most)) for most in (4095, 9)
    )
    first.prepare()
    second.prepare()
    assert second.images_at([0]).mean() > first.images_at([0]).mean()


def test_deep_pictures_are_spread_by_what_they_tell(folder):
    Image.fromarray(np.uint16(RAMP * 4095)).save(folder / "a.tif", tiffinfo={281: 4095})
    (folder / "b.png").write_bytes(deep_png(np.uint16(RAMP * 1023)[..., None], 10))
    images = ImageFolder(folder, 16).images_at([0, 1])
    np.testing.assert_allclose(images[..., 0], np.rint([RAMP * 255] * 2), atol=1)


def test_an_outlier_that_was_not_looked_at_is_found(folder):
    for number in range(70):
        Image.fromarray(np.float32(RAMP)).save(folder / f"{number}.tif")
    Image.fromarray(np.float32(RAMP * 255)).save(folder / "1.tif")
    dataset = ImageFolder(folder, 16)
    said = r"1 file cannot be read \(1\.tif: its values reach from 0 to 255, \+range"
    with pytest.raises(ValueError, match=said):
        dataset.prepare()


def test_what_is_transparent_lies_where_it_is_told(folder):
    for number in range(3):
        drawing = np.zeros((16, 16, 4), np.uint8)
        drawing[number : number + 4, :, 3] = 255
        Image.fromarray(drawing).save(folder / f"{number}.png")
    with pytest.warns(RuntimeWarning, match=r"is 0 of 255.*\+on=white changes it"):
        ImageFolder(folder)
    images = ImageFolder(folder, 16, on="white").images_at([0, 1, 2])
    assert len(np.unique(images.reshape(3, -1), axis=0)) == 3


@pytest.mark.parametrize("skip_corrupt", [False, True])
def test_each_page_of_a_stack_is_an_image(folder, skip_corrupt):
    pages = [painted(colour) for colour in (RED, GREEN, BLUE)]
    pages[0].save(folder / "s.tif", save_all=True, append_images=pages[1:])
    painted(RED).save(folder / "a.png")
    (folder / "factors.csv").write_text(
        "file,hue\ns.tif[0],1\ns.tif[1],2\nS.TIF[2],3\na.png,1\n"
    )
    dataset, calls = ImageFolder(folder, 8, skip_corrupt=skip_corrupt), []
    dataset.prepare(lambda *state: calls.append(state))
    assert calls[-1] == ((6, 6) if skip_corrupt else (4, 4))
    assert all(0 < done <= total for done, total in calls)
    assert len(dataset) == 4
    assert dataset.files == ["a.png", "s.tif[0]", "s.tif[1]", "s.tif[2]"]
    images = dataset.images_at([0, 1, 2, 3])
    assert (images[:, 0, 0] == [RED, RED, GREEN, BLUE]).all()
    assert dataset.factors_at([0, 1, 2, 3])[:, 0].tolist() == [0, 0, 1, 2]
    # Without the cache they are opened one by one.
    few = ImageFolder(folder, 9, skip_corrupt=skip_corrupt).images_at([3, 1])
    assert (few[:, 0, 0] == [BLUE, RED]).all()


def test_of_a_cut_stack_nothing_is_taken(folder):
    noise = np.random.default_rng(0).integers(0, 256, (4, 64, 64), dtype=np.uint8)
    pages = [Image.fromarray(page) for page in noise]
    pages[0].save(folder / "s.tif", save_all=True, append_images=pages[1:])
    cut(folder / "s.tif")
    with pytest.raises(ValueError, match=r"1 file cannot be read \(s\.tif: "):
        ImageFolder(folder)


def test_linked_folders_are_part_of_it(folder, tmp_path):
    (tmp_path / "other").mkdir()
    painted(RED).save(tmp_path / "other" / "a.png")
    (folder / "train").symlink_to(tmp_path / "other")
    dataset = ImageFolder(folder, 8)
    assert dataset.files == ["train/a.png"]
    assert (dataset.images_at([0]) == RED).all()


def test_what_is_left_out_is_counted(folder):
    painted(RED).save(folder / "a.png")
    painted(RED).save(folder / "b.gif", save_all=True, append_images=[painted(BLUE)])
    for number in range(6):
        (folder / f"{number}.cr2").touch()
    os.mkfifo(folder / "pipe.png")
    with pytest.warns(RuntimeWarning) as told:
        assert len(ImageFolder(folder)) == 2
    left_out, films, _ = (str(warning.message) for warning in told)
    assert "left out: 6 .cr2, 1 special (pipe, socket or device)." in left_out
    assert "of 1 animation only the first picture is read" in films


def test_a_table_of_factors_is_a_file(folder):
    painted(RED).save(folder / "a.png")
    os.mkfifo(folder / "factors.csv")
    with pytest.raises(OSError, match=r"must be an ordinary file; .* is a pipe"):
        ImageFolder(folder)


def test_a_picture_that_becomes_a_pipe_is_told(folder):
    painted(RED).save(folder / "a.png")
    dataset = ImageFolder(folder, 8)
    (folder / "a.png").unlink()
    os.mkfifo(folder / "a.png")
    with pytest.raises(ValueError, match=r"1 file cannot be read \(a\.png: .*a pipe"):
        dataset.prepare()


def test_large_pictures_are_read_when_allowed(folder):
    painted(RED).save(folder / "a.png")
    with pytest.raises(ValueError, match=r"30 x 20 pixels .*\+max-pixels=600 allows"):
        ImageFolder(folder, max_pixels=599)
    assert len(ImageFolder(folder, max_pixels=600)) == 1
