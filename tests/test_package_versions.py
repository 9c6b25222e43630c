import numpy as np

import keras_bvae
from keras_bvae.package_versions import package_versions


def test_packages_have_the_version_that_runs():
    found = package_versions(["keras-bvae", "numpy"])
    assert found == {
        "keras-bvae": keras_bvae.__version__,
        "numpy": np.__version__,
    }


def test_what_is_not_installed_is_left_out():
    assert package_versions(["no-such-package"]) == {}
