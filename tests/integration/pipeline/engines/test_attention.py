"""A kernel of attention that is preferred leaves the others to those who want them."""

import threading

import pytest

from pipeline.engines import acceleration


def test_what_is_preferred_for_experts_leaves_a_scorer_its_own() -> None:
    """In another thread, at the same time: cuDNN's takes no float32, and there is none on a CPU."""
    import torch
    from torch.nn.functional import scaled_dot_product_attention

    answers: list[bool] = []

    def attend() -> None:
        query = torch.ones(1, 2, 4, 8)
        answers.append(bool(scaled_dot_product_attention(query, query, query).isfinite().all()))

    try:
        acceleration.prefer(acceleration.CUDNN_FIRST)
        for allowed in ("flash_sdp", "mem_efficient_sdp", "math_sdp", "cudnn_sdp"):
            assert getattr(torch.backends.cuda, f"{allowed}_enabled")()
        order = torch._C._get_sdp_priority_order()
        assert order[0] == int(torch.nn.attention.SDPBackend.CUDNN_ATTENTION.value)
        thread = threading.Thread(target=attend)
        thread.start()
        thread.join()
    finally:
        acceleration._for_good.close()
    assert answers == [True]


def test_an_order_of_kernels_that_do_not_exist_is_a_mistake() -> None:
    with pytest.raises(AttributeError):
        acceleration.prefer(["NO_SUCH_ATTENTION"])
