"""What `kbvae bench` hears from the processes that it starts, in round numbers."""


def backend_record(backend, images_per_second):
    """A record as `keras_bvae.benchmark.measure` makes it."""
    return {
        "backend": backend,
        "device": "cpu",
        "platform": "a system",
        "processors": 2,
        "versions": {"keras": "3.15.1", backend: "9.9"},
        "label": "keras_bvae fit",
        "images_per_second": images_per_second,
        "milliseconds_per_step": 64e3 / images_per_second,
        "first_seconds": 3.0,
        "rounds": [64 / images_per_second],
        "steps": 100,
        "loss": 50.0,
        "keeps_memory": True,
        "image_shape": [64, 64, 1],
        "operations_per_step": int(64e8),
        "limit_gflops": 400.0,
        "gflops": images_per_second / 10,
        "share_of_limit": images_per_second / 4000,
        "input_milliseconds": 0.1,
        "input_share": 0.0156,
        "peak_memory_mb": 512.0,
        "peak_device_memory_mb": None,
        "comparisons": {
            "keras_fit": {
                "label": "plain Keras fit",
                "images_per_second": images_per_second / 1.25,
                "milliseconds_per_step": 80e3 / images_per_second,
                "first_seconds": 4.0,
                "ratio": 1.25,
                "gflops": images_per_second / 12.5,
                "share_of_limit": images_per_second / 5000,
            },
            "slow_compiler": {"label": "a loop, compiled", "failure": "no gcc"},
        },
    }
