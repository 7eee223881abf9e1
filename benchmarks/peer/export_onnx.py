"""Exports a HuggingFace model for scoring: padded ids and their mask in, the log-prob of every next token out.

usage: export_onnx.py MODEL_DIR OUT.onnx
"""
import os
import sys

os.environ["HF_HUB_OFFLINE"] = "1"
import torch  # noqa: E402
from transformers import AutoModelForCausalLM  # noqa: E402


class Scorer(torch.nn.Module):
    def __init__(self, directory):
        super().__init__()
        self.model = AutoModelForCausalLM.from_pretrained(directory, dtype=torch.float32, attn_implementation="sdpa").eval()

    def forward(self, input_ids, attention_mask):
        logits = self.model(input_ids=input_ids, attention_mask=attention_mask, use_cache=False).logits[:, :-1]
        return logits.log_softmax(-1).gather(2, input_ids[:, 1:, None])[:, :, 0]


ids = torch.arange(5, 27).reshape(2, 11)
mask = torch.ones_like(ids)
mask[1, 8:] = 0
with torch.no_grad():
    torch.onnx.export(Scorer(sys.argv[1]), (ids, mask), sys.argv[2], input_names=["input_ids", "attention_mask"], output_names=["log_probs"],
                      dynamo=False, dynamic_axes={"input_ids": {0: "batch", 1: "length"}, "attention_mask": {0: "batch", 1: "length"}, "log_probs": {0: "batch", 1: "predictions"}})
