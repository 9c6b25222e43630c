"""What `kbvae train` does once the model is trained."""

from kbvae.progress import named_bars
from kbvae.tables import seconds_text, terms_table
from kbvae.terminal import say


def finish(model, dataset, folder):
    """Measures, draws, records, and says what there is now and what to type next.

    Args:
        model: the trained model.
        dataset: the data set of the run, all of it.
        folder: `RunFolder`.
    """
    from keras_bvae.files.folders import as_typed

    with folder.alone():
        record = folder.read()
        results = _measured(model, dataset, folder, record["settings"]["seed"])
        folder.write({**record, "results": results})
    say(
        f"\nTrained {record['step']:,} steps in {seconds_text(record['seconds'])} on "
        f"{record['backend']} ({record['device']}).\n\n"
        f"{terms_table(results, dataset.factor_names)}\n"
    )
    if "stopped_early" in record:
        say(f"{stopped_early(record['stopped_early'])}\n")
    for path, what in (
        (folder.checkpoint, "the model"),
        (folder.traversal, "what each latent does"),
        (folder.history, "loss terms by step"),
        (folder.record, "settings, versions, results"),
    ):
        say(f"{path}  {what}")
    if "best" in record:
        best = record["best"]
        say(
            f"{folder.best.path}  the model of step {best['step']:,}, of the least "
            f"validation loss, {best['val_loss']:.2f} nats"
        )
    if folder.kept.steps():
        say(f"{folder.kept.folder}  earlier checkpoints")
    if folder.pictures.is_dir():
        say(f"{folder.pictures}  the latents while they trained")
    run, checkpoint = as_typed(folder.path), as_typed(folder.checkpoint)
    film = f"  kbvae curves {run} --film training.gif\n"
    say(
        "\nNext\n"
        f"  kbvae report {run}\n"
        f"  kbvae evaluate {checkpoint}\n"
        f"  kbvae traverse {checkpoint} -o latents.gif\n"
        f"{film if folder.kept.steps() else ''}"
        f"  kbvae train --resume {run} --steps {2 * record['step']}"
    )


def stopped_early(stop):
    """A sentence: why a run ended before its last step, and how it goes on."""
    kind = "validation" if stop.get("loss") == "val_loss" else "training"
    return (
        f"Early stopping: no lesser {kind} loss in {stop['rounds']} rounds. --resume "
        "with a later step, by --steps or --epochs, trains on."
    )


def _measured(model, dataset, folder, seed):
    """The results, with a picture beside them."""
    from keras_bvae.evaluation import evaluate_model
    from keras_bvae.figures.traversals import traversals

    with named_bars({"beta_vae": "Measuring"}) as bars:
        results = evaluate_model(model, dataset, seed=seed, quick=True, progress=bars)
    sheet = traversals(model, dataset, seed=seed, title=folder.path.name)
    sheet.save(folder.traversal)
    return results
