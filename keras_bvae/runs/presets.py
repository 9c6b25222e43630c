"""The papers' settings in numbers, by name."""

# Steps are the papers' too: long runs, for a GPU.
PRESETS = {
    # Higgins et al. 2017, appendix A.1. The paper prints no batch size or step count.
    "higgins2017": {
        "network": "higgins2017",
        "latent_dim": 10,
        "objective": "beta_vae",
        "beta": 4.0,
        "likelihood": "bernoulli",
        "optimizer": "adagrad",
        "learning_rate": 1e-2,
    },
    # Higgins et al. 2017, appendix A.1, CelebA: network, 32 latents, Gaussian, Adam.
    # β = 250 is that of the paper's figure of CelebA as reimplementations cite it; the
    # paper itself was not at hand, and none of them gives the authors' scale of the
    # Gaussian or range of pixels. On those β hangs: only β · scale² matters. Here the
    # scale is 1 and pixels lie in [0, 1], so 250 presses hard: as in probabilistic PCA
    # (Lucas et al. 2019, arXiv:1911.02469) a latent pays where it saves 250 in squared
    # error, summed over the 12,288 values of an image. Try a smaller --beta where too
    # few latents stay active.
    "higgins2017_celeba": {
        "data": "tfds:celeb_a",
        "network": "higgins2017_conv",
        "latent_dim": 32,
        "objective": "beta_vae",
        "beta": 250.0,
        "likelihood": "gaussian",
        "optimizer": "adam",
        "learning_rate": 1e-4,
    },
    # Burgess et al. 2018, section 5 and appendix A.
    "burgess2018": {
        "network": "burgess2018",
        "latent_dim": 10,
        "objective": "annealed_vae",
        "gamma": 1000.0,
        "capacity": 25.0,
        "capacity_steps": 100_000,
        "likelihood": "bernoulli",
        "optimizer": "adam",
        "learning_rate": 5e-4,
        "batch_size": 64,
        "steps": 100_000,
    },
    # Locatello et al. 2019, appendix: β-VAE, one β of the six that they tried. With
    # another --objective the rest of the paper's settings stay.
    "locatello2019": {
        "network": "locatello2019",
        "latent_dim": 10,
        "objective": "beta_vae",
        "beta": 4.0,
        "likelihood": "bernoulli",
        "optimizer": "adam",
        "learning_rate": 1e-4,
        "batch_size": 64,
        "steps": 300_000,
    },
}
