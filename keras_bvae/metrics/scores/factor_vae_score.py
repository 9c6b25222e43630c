"""The FactorVAE metric: does the code that varies least tell the fixed factor?"""

from keras_bvae.errors import InvalidValue
from keras_bvae.metrics import protocols
from keras_bvae.metrics.sampling.answering_factors import answering_settings
from keras_bvae.metrics.scores.score_by_votes import score_by_votes
from keras_bvae.rules import is_finite, require_whole

# The absolute threshold's number: for codes of unit scale the two agree.
PRUNE_BELOW_SHARE = 0.05


def factor_vae_score(
    encode,
    dataset,
    protocol="locatello2019",
    seed=0,
    progress=None,
    batch_size=1024,
    **settings,
):
    """How often the code that varies least tells which factor a batch shares.

    A vote: a factor is drawn; in a batch of images it is equal and all others are
    free; each code's variance over the batch is divided by its variance over the data
    set, and the code with the lowest share is voted for. Each code then stands for the
    factor that most often made it win, and the score is how often that is right.

    Known faults. The threshold is absolute: an informative code of small scale (a
    standard deviation below `prune_below`, 0.05) is dropped, a dead one of large scale
    stays; see `scale_free_factor_vae_score`. Only the winner counts: a factor spread
    over several codes costs nothing, and a rotation of perfect codes gets 74 % instead
    of chance. With prune_below=0 a constant code draws all votes and the score falls to
    chance.

    Protocol. `locatello2019`: the factors of the paper's code on a published data set,
    of others all that vary (see `protocol_factors`), 64 images in a vote, 10,000 +
    5,000 votes, global variances of 10,000 images; equal to disentanglement_lib within
    its spread. The sizes and the threshold are that study's, not Kim & Mnih's.

    Args:
        encode: function, uint8 images `(n, height, width, channels)` to codes
            `(n, latent_dim)`: `lambda images: model.encode(images)[0]`. Or
            `EncodedImages`.
        dataset: a data set with factors.
        protocol: str, "locatello2019".
        seed: int >= 0, for the draws.
        progress: None or function `(images encoded, images in all)`.
        batch_size: int, images per call of `encode`; does not change the score.
        **settings: what should differ from the protocol, as named in
            `protocols.FACTOR_VAE`; the protocol's name is then "custom".
            `image_pool=5000` draws everything from 5,000 random images; a vote's
            images are drawn, with repetition, from those of the pool that share the
            value.

    Returns:
        `Score`, `.score` the share of test votes that are right, in [0, 1], chance 1/K.
        It is 0 if no code is active. Parts: `train_accuracy`, `eval_accuracy`,
        `active_codes` (numbers of the codes that were kept), `num_active_dims` (how
        many), `num_active_dims_reported` (what disentanglement_lib gives under that
        name: the number of all codes unless none is active, a bug), `votes_train` and
        `votes_eval` `(factors, active codes)`, `global_variances` `(latent_dim,)`.

    Raises:
        ValueError: no factors, fewer than two that vary, a factor name that the data
            set lacks, an unknown protocol or setting, a value out of range, or
            `encode` returned something else than finite codes, one row per image.

    Source: Kim & Mnih 2018 (arXiv:1802.05983), section 4; Locatello et al. 2019
    (arXiv:1811.12359), appendix.
    """
    name, settings = factor_vae_settings(dataset, protocol, seed, **settings)
    return score_by_votes(
        "factor_vae_score",
        name,
        settings,
        lambda deviations: deviations >= settings["prune_below"],
        (encode, dataset, seed, progress, batch_size),
    )


def factor_vae_settings(dataset, protocol="locatello2019", seed=0, **settings):
    """The protocol's honest name and its full settings on this data set.

    Raises what `factor_vae_score` raises before it draws or encodes anything, so that a
    long run can ask at its start.

    Returns:
        `(name, settings)`; `settings["factor_names"]` lists the possible answers.
    """
    return _settings(protocols.FACTOR_VAE, dataset, protocol, seed, settings)


def scale_free_factor_vae_score(
    encode,
    dataset,
    prune_below_share=PRUNE_BELOW_SHARE,
    seed=0,
    progress=None,
    batch_size=1024,
    **settings,
):
    """`factor_vae_score` with a threshold that does not depend on the codes' scale.

    Dropped is a code whose standard deviation is below a share of the largest one's,
    and in any case a constant one; multiplying all codes by a number thus changes
    nothing. It is no published protocol: scores in the literature were computed with
    the absolute threshold, which suits codes of unit scale, as a VAE's prior asks for;
    so that is the default. Where all codes are of small scale, as an autoencoder's may
    be, this is the one to take. A single code of huge scale makes others look dead.

    Args:
        prune_below_share: float, 0 <= prune_below_share < 1; 0 drops none but constant
            codes.
        encode, dataset, seed, progress, batch_size: see `factor_vae_score`.
        **settings: what should differ from `locatello2019`, all but `prune_below`.

    Returns:
        `Score` as of `factor_vae_score`; its protocol is always "custom".

    Raises:
        ValueError: as `factor_vae_score`, or `prune_below_share` out of range.
    """
    name, settings = scale_free_factor_vae_settings(
        dataset, seed=seed, prune_below_share=prune_below_share, **settings
    )
    return score_by_votes(
        "scale_free_factor_vae_score",
        name,
        settings,
        lambda deviations: (
            (deviations > 0) & (deviations >= prune_below_share * deviations.max())
        ),
        (encode, dataset, seed, progress, batch_size),
    )


def scale_free_factor_vae_settings(
    dataset,
    protocol="locatello2019",
    seed=0,
    prune_below_share=PRUNE_BELOW_SHARE,
    **settings,
):
    """The name "custom" and the full settings on this data set.

    Raises what `scale_free_factor_vae_score` raises before it draws or encodes
    anything.

    Args:
        protocol: str, "locatello2019": where the other settings come from.
        dataset, seed, prune_below_share, **settings: as given to the score.

    Returns:
        `(name, settings)`; `settings["factor_names"]` lists the possible answers.
    """
    if not is_finite(prune_below_share, least=0, below=1):
        raise InvalidValue(
            "`prune_below_share` must be a finite number >= 0 and < 1; received "
            f"prune_below_share={prune_below_share!r}. Use {PRUNE_BELOW_SHARE}."
        )
    published = {
        name: {key: value for key, value in full.items() if key != "prune_below"}
        for name, full in protocols.FACTOR_VAE.items()
    }
    _, settings = _settings(published, dataset, protocol, seed, settings)
    return protocols.CUSTOM, {**settings, "prune_below_share": float(prune_below_share)}


def _settings(published, dataset, protocol, seed, settings):
    name, settings = answering_settings(
        "The FactorVAE metric", published, dataset, protocol, seed, settings
    )
    for counted in ("images_per_vote", "variance_points"):
        advice = f"A variance needs two. {protocols.LEAVE_OUT}"
        require_whole(counted, settings[counted], least=2, advice=advice)
    return name, settings
