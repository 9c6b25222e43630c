from bench_records import backend_record

from kbvae.bench_report import (
    backend_table,
    growth_table,
    summary_table,
    surroundings_line,
)


def test_a_backends_table_sets_ours_on_top():
    header, ours, plain, broken = backend_table(
        backend_record("jax", 1000.0)
    ).splitlines()
    columns = "JAX images/s ms/step GFLOP/s of limit ours ÷ it first"
    assert header.split() == columns.split()
    assert ours.split() == [
        "keras_bvae",
        "fit",
        "1,000",
        "64.000",
        "100",
        "0.25",
        "3.0",
        "s",
    ]
    assert plain.split() == [
        *("plain", "Keras", "fit", "800", "80.000", "80", "0.20"),
        *("1.25", "4.0", "s"),
    ]
    assert broken.endswith("no gcc")


def test_the_summary_begins_with_the_fastest():
    records = {
        name: backend_record(name, speed)
        for name, speed in (("jax", 50), ("torch", 200))
    }
    _, first, second = summary_table({"backends": records}).splitlines()
    assert first.split() == [
        "PyTorch",
        "200",
        "320.000",
        *("20", "0.05"),
        "1.00",
        "1.6%",
        "512",
        "MB",
        "cpu",
    ]
    assert second.split()[:6] == ["JAX", "50", "1280.000", "5", "0.01", "0.25"]


def test_time_grows_by_an_exponent_of_the_pixels():
    records = []
    for side, speed in ((64, 800.0), (128, 200.0), (256, 50.0)):
        found = backend_record("jax", speed) | {"image_shape": [side, side, 3]}
        records.append({"settings": {"network": "conv"}, "backends": {"jax": found}})
    header, row = growth_table(records).splitlines()
    assert header.split()[-4:] == ["64", "128", "256", "exponent"]
    assert row.split() == ["conv", "3", "JAX", "800", "200", "50", "1.00"]
    assert growth_table(records[:1]) is None


def test_memory_kept_stands_over_memory_returned():
    kept, other = backend_record("torch", 200.0), backend_record("jax", 50.0)
    kept["returned"] = backend_record("torch", 160.0) | {"keeps_memory": False}
    header, first, second = summary_table(
        {"backends": {"torch": kept, "jax": other}}
    ).splitlines()
    at = header.index("kept ÷ returned")
    assert first[at : at + 15].split() == ["1.25"]
    assert second[at : at + 15].split() == []
    assert "PyTorch, freed memory returned " in backend_table(kept["returned"])


def test_the_memory_of_a_gpu_stands_for_that_of_the_process():
    record = backend_record("jax", 100) | {"peak_device_memory_mb": 2048.0}
    assert "2,048 MB" in summary_table({"backends": {"jax": record}})


def test_numbers_come_with_what_they_hold_for():
    settings = {
        "network": "burgess2018",
        "batch_size": 64,
        "precision": "float32",
        "images": 4096,
        "data": "dsprites",
        "repeats": 7,
        "seconds": 2.0,
        "steps": None,
    }
    found = backend_record("jax", 100.0)
    record = {**found, "settings": settings, "backends": {"jax": found}}
    text = surroundings_line(record)
    assert (
        "4,096 images of dsprites, 64 × 64 × 1; medians of 7 rounds of about 2 s"
        in text
    )
    assert "2 processors, a system" in text
    assert "freed memory is kept" in text
    assert "keras 3.15.1, jax 9.9" in text
    settings["steps"] = 10
    assert "7 rounds of 10 steps" in surroundings_line(record)
