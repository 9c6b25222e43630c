import numpy as np

from keras_bvae.latents.latent_label import kl_text, latent_name, latent_remarks


def test_a_label_names_the_latent_and_its_kl():
    assert latent_name(3) == "z3"
    assert kl_text(2.512) == "2.51 nats"


def test_a_kl_is_never_minus_zero():
    assert kl_text(-1e-9) == "0.00 nats"


def test_an_active_latent_on_a_shared_range_needs_no_remark():
    assert latent_remarks(1.0, np.array([-3.0, 3.0]), shares_values=True) == ()


def test_a_range_of_its_own_and_death_are_remarked():
    values = np.array([-0.041, 0.0, -0.001])
    remarks = latent_remarks(0.001, values, shares_values=False)
    assert remarks == ("-0.04 to 0.00", "dead")
