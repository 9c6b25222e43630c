"""Tables that come with scikit-learn: real data, nothing to download."""

from functools import partial

import numpy as np
from sklearn import datasets as bundled

from keras_bvae.datasets.factors import factors_from_rows
from keras_bvae.datasets.numbers.number_rows import NumberRows

_LOADERS = {
    "iris": bundled.load_iris,
    "wine": bundled.load_wine,
    "breast_cancer": bundled.load_breast_cancer,
    "diabetes": lambda: bundled.load_diabetes(scaled=False),
}
_WHAT = {
    "iris": "150 flowers measured, by species (Fisher 1936)",
    "wine": "178 wines analysed, by cultivar (Forina 1988)",
    "breast_cancer": "569 tumours measured, malignant or benign (Wolberg 1995)",
    "diabetes": "442 patients measured, by sex (Efron et al. 2004)",
}


class BundledTable(NumberRows):
    """A table of scikit-learn's; the class that it comes with is its factor.

    Of diabetes, whose target is a number, the target is a column, and sex the factor.

    Args:
        name: "iris", "wine", "breast_cancer" or "diabetes".
    """

    def __init__(self, name):
        table = _LOADERS[name]()
        values, names = table.data, [str(n) for n in table.feature_names]
        if name == "diabetes":
            place = names.index("sex")
            classes = (values[:, place] == values[:, place].max()).astype(int)
            values = np.column_stack([np.delete(values, place, axis=1), table.target])
            names = [*names[:place], *names[place + 1 :], "progression"]
            factor, words = "sex", ("1", "2")
        else:
            factor = {"iris": "species", "wine": "cultivar"}.get(name, "tumour")
            classes, words = table.target, tuple(map(str, table.target_names))
        super().__init__(
            name,
            values,
            factors_from_rows((factor,), np.asarray(classes)[:, None]),
            _WHAT[name],
            [n.removesuffix(" (cm)") for n in names],
        )
        self.factor_values = {factor: words}


# What the names of sources stand for.
iris, wine, breast_cancer, diabetes = (
    partial(BundledTable, name)
    for name in ("iris", "wine", "breast_cancer", "diabetes")
)
