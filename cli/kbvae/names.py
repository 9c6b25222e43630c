"""Names that `--help` lists without importing Keras; a test compares them."""

BACKENDS = ("tensorflow", "jax", "torch")
NETWORKS = ("higgins2017", "higgins2017_conv", "burgess2018", "locatello2019")
PRESETS = ("higgins2017", "burgess2018", "locatello2019")
LIKELIHOODS = ("bernoulli", "gaussian")
OPTIMIZERS = ("adam", "adagrad", "adamw", "rmsprop", "sgd")
PRECISIONS = ("float32", "bfloat16", "float16")
PROTOCOLS = ("locatello2019", "higgins2017")
DATASETS = "dsprites, dsprites:FILE.npz, dsprites:FILE.hdf5, tfds:dsprites, digits"

# What `kbvae train` does when nothing is typed; `Settings` has the same.
DEFAULTS = {
    "data": "dsprites",
    "network": "burgess2018",
    "beta": 4.0,
    "likelihood": "bernoulli",
    "optimizer": "adam",
    "learning_rate": 5e-4,
    "batch_size": 64,
    "steps": 3000,
    "seed": 0,
    "precision": "float32",
    "metric_every": 0,
    "checkpoint_every": 1000,
}
