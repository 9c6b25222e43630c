"""Names that `--help` lists without importing Keras; a test compares them."""

BACKENDS = ("tensorflow", "jax", "torch")
NETWORKS = (
    "higgins2017",
    "higgins2017_conv",
    "burgess2018",
    "locatello2019",
    "conv",
    "mlp",
    "conv1d",
    "conv3d",
)
PRESETS = ("higgins2017", "higgins2017_celeba", "burgess2018", "locatello2019")
SCHEDULES = ("constant", "linear", "cosine", "cyclic")
ESTIMATORS = ("minibatch_stratified", "minibatch_weighted")
LIKELIHOODS = ("bernoulli", "gaussian")
MOVING_SCALES = ("learned", "optimal")
LEARNING_RATE_SCHEDULES = ("constant", "linear", "cosine", "exponential")
OPTIMIZERS = ("adam", "adagrad", "adamw", "rmsprop", "sgd")
PRECISIONS = ("float32", "bfloat16", "float16")
MAP_METHODS = ("latents", "pca", "tsne", "umap")
PROTOCOLS = ("locatello2019", "higgins2017")
DATASETS = "dsprites, digits, images:DIR, … and changes of it; `kbvae data` lists all"

# What `kbvae evaluate --metrics` understands, and what a table calls each.
METRICS = {
    "beta_vae": "β-VAE score",
    "factor_vae": "FactorVAE score",
    "mig": "MIG",
    "dci": "DCI disentanglement",
    "sap": "SAP",
    "modularity": "modularity",
    "explicitness": "explicitness",
    "irs": "IRS",
    "unsupervised": "Gaussian total correlation",
    "active_units": "active units",
    "quick_dci": "quick DCI",
    "adjusted_mig": "adjusted MIG",
    "adjusted_modularity": "adjusted modularity",
    "continuous_sap": "SAP, continuous",
    "scale_free_factor_vae": "FactorVAE score, scale-free",
}
# Those that `all` stands for: the first ten.
ALL_METRICS = tuple(METRICS)[:10]
# Lower is better.
FALLING_METRICS = ("unsupervised",)
UDR_METHODS = ("lasso", "spearman")
REPRESENTATIONS = ("pixels", "pca", "ica", "truth", "untrained")

# What `kbvae train` does when nothing is typed; `Settings` has the same.
DEFAULTS = {
    "data": "dsprites",
    "network": "burgess2018",
    "objective": "beta_vae",
    "likelihood": "bernoulli",
    "gaussian_scale": 1.0,
    "optimizer": "adam",
    "learning_rate": 5e-4,
    "batch_size": 64,
    "steps": 3000,
    "seed": 0,
    "precision": "float32",
    "metric_every": 0,
    "checkpoint_every": 1000,
    "keep_checkpoints": 0,
    "pictures_every": 0,
    "validation": 0.0,
    "validation_every": 0,
    "early_stopping": 0,
    "learning_rate_schedule": "constant",
    "warm_up_steps": 0,
}

# The objectives' options in the order of `--help`: a number, or words to choose from,
# and what it says of each.
OPTIONS = {
    "beta": (float, "Weight of the KL, or of the total correlation."),
    "beta_schedule": (SCHEDULES, "Warm-up of β."),
    "beta_start": (float, "β where the warm-up begins."),
    "beta_steps": (int, "Steps of the warm-up (half the run), or of a cycle."),
    "capacity": (float, "KL in nats that is aimed at in the end."),
    "capacity_steps": (int, "Steps in which it gets there; else the whole run."),
    "gamma": (float, "Weight of |KL - C|, of the rest of the KL, or of the TC."),
    "alpha": (float, "Weight of the mutual information; share of KL left out."),
    "estimator": (ESTIMATORS, "Of densities in a batch."),
    "discriminator_learning_rate": (float, "Else --learning-rate."),
    "lambda_od": (float, "Weight of covariances off the diagonal, squared."),
    "lambda_d": (float, "Of variances off 1, squared; else 10 λ_od (I), λ_od (II)."),
    "lambda_mmd": (float, "λ: the MMD counts alpha + λ - 1 times."),
    "bandwidth": (float, "Of the MMD's kernel; else σ² = latents² / 2."),
    "changed_factors": (int, "Factors that differ in a pair; 0: drawn anew."),
}

_WARM_UP = {"beta_schedule": "constant", "beta_start": 0.0, "beta_steps": None}

# Those that each objective has, with its defaults; None: worked out by the library.
OBJECTIVES = {
    "beta_vae": {"beta": 4.0, **_WARM_UP},
    "annealed_vae": {"capacity": 25.0, "gamma": 1000.0, "capacity_steps": None},
    "beta_tc_vae": {
        "beta": 6.0,
        "alpha": 1.0,
        "gamma": 1.0,
        "estimator": "minibatch_stratified",
        **_WARM_UP,
    },
    "factor_vae": {"gamma": 10.0, "discriminator_learning_rate": None},
    "dip_vae_i": {"lambda_od": 10.0, "lambda_d": None},
    "dip_vae_ii": {"lambda_od": 10.0, "lambda_d": None},
    "info_vae": {"lambda_mmd": 1000.0, "alpha": 1.0, "bandwidth": None},
    "ada_gvae": {"beta": 1.0, "changed_factors": 1, **_WARM_UP},
}
