# The operations that DJL's NDArray lacks, in the printed form of TorchScript that archives hold
# (torch.add(a, b) rather than a + b). PyTorch differentiates through all of them.
# Shapes are [rows, columns]; rows may be 0.
class Kernels(Module):
  __parameters__ = []
  __buffers__ = []
  training : bool

  # An argument that is left out.
  def none(self: __torch__.Kernels) -> None:
    return None

  def add(self: __torch__.Kernels, a: Tensor, b: Tensor) -> Tensor:
    return torch.add(a, b)

  def multiply(self: __torch__.Kernels, a: Tensor, b: Tensor) -> Tensor:
    return torch.mul(a, b)

  def silu(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.silu(x)

  def gelu_exact(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.gelu(x, approximate="none")

  def gelu_tanh(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.gelu(x, approximate="tanh")

  def soft_cap(self: __torch__.Kernels, x: Tensor, cap: float) -> Tensor:
    return torch.mul(torch.tanh(torch.div(x, cap)), cap)

  def gather(self: __torch__.Kernels, x: Tensor, rows: Tensor) -> Tensor:
    return torch.index_select(x, 0, rows)

  def embedding(self: __torch__.Kernels, table: Tensor, rows: Tensor) -> Tensor:
    return torch.index_select(table, 0, rows)

  def add_rows(self: __torch__.Kernels, table: Tensor, rows: Tensor, values: Tensor) -> None:
    _0 = torch.index_add_(table, 0, rows, values)
    return None

  # Another handle of the same numbers, at which autograd stops.
  def detached(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.detach(x)

  # Another handle of the same tensor.
  def same(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return x

  # Of each of the groups, width columns from start.
  def columns(self: __torch__.Kernels, x: Tensor, groups: int, start: int, width: int) -> Tensor:
    each = torch.floordiv(torch.size(x, 1), groups)
    grouped = torch.view(x, [torch.size(x, 0), groups, each])
    part = torch.slice(grouped, 2, start, torch.add(start, width), 1)
    return torch.reshape(part, [torch.size(x, 0), torch.mul(groups, width)])

  # [in, out] as the [out, in] that it is read as; no copy.
  def transposed(self: __torch__.Kernels, weight: Tensor) -> Tensor:
    return torch.transpose(weight, 0, 1)

  # weight [out, in]
  def linear(self: __torch__.Kernels, x: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
    return torch.linear(x, weight, bias)

  # a [rank, in], b [out, rank]
  def low_rank(self: __torch__.Kernels, x: Tensor, a: Tensor, b: Tensor, scaling: float) -> Tensor:
    return torch.mul(torch.linear(torch.linear(x, a), b), scaling)

  # weight [width]; the columns of x are groups of that width
  def rms_norm(self: __torch__.Kernels, x: Tensor, weight: Tensor, eps: float, offset: float) -> Tensor:
    width = torch.size(weight, 0)
    groups = torch.floordiv(torch.size(x, 1), width)
    if torch.eq(offset, 0.):
      scale = weight
    else:
      scale = torch.add(weight, offset)
    if torch.eq(groups, 1):
      normed = torch.rms_norm(x, [width], scale, eps)
    else:
      grouped = torch.view(x, [torch.size(x, 0), groups, width])
      normed = torch.view(torch.rms_norm(grouped, [width], scale, eps), [torch.size(x, 0), torch.size(x, 1)])
    return normed

  def layer_norm(self: __torch__.Kernels, x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    return torch.layer_norm(x, [torch.size(x, 1)], weight, bias, eps)

  # x [tokens, heads, head]; cos, sin [tokens, dims/2]: number j of a head turns with j + dims/2, the rest stays.
  def rotate(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    half = torch.size(cos, 1)
    dims = torch.mul(2, half)
    c = torch.unsqueeze(cos, 1)
    s = torch.unsqueeze(sin, 1)
    a = torch.slice(x, 2, 0, half, 1)
    b = torch.slice(x, 2, half, dims, 1)
    turned = [torch.sub(torch.mul(a, c), torch.mul(b, s)), torch.add(torch.mul(b, c), torch.mul(a, s))]
    if torch.lt(dims, torch.size(x, 2)):
      _0 = torch.append(turned, torch.slice(x, 2, dims, torch.size(x, 2), 1))
    return torch.cat(turned, 2)

  # [tokens, heads * head] as [1, heads, tokens, head], rotated where there are tables.
  def heads_first(self: __torch__.Kernels, x: Tensor, heads: int, cos: Optional[Tensor], sin: Optional[Tensor]) -> Tensor:
    y = torch.view(x, [torch.size(x, 0), heads, torch.floordiv(torch.size(x, 1), heads)])
    if torch.__isnot__(cos, None):
      z = (self).rotate(y, unchecked_cast(Tensor, cos), unchecked_cast(Tensor, sin))
    else:
      z = y
    return torch.unsqueeze(torch.transpose(z, 0, 1), 0)

  # The keys of a block: what each span names, (block, start, end), then its own tokens.
  def keys(self: __torch__.Kernels, blocks: List[Tensor], spans: List[int], own: int) -> Tensor:
    parts = annotate(List[Tensor], [])
    for i in range(torch.floordiv(torch.len(spans), 3)):
      _0 = torch.append(parts, torch.slice(blocks[spans[torch.mul(3, i)]], 2, spans[torch.add(torch.mul(3, i), 1)], spans[torch.add(torch.mul(3, i), 2)], 1))
    if torch.eq(torch.len(parts), 0):
      all = blocks[own]
    else:
      _1 = torch.append(parts, blocks[own])
      all = torch.cat(parts, 2)
    return all

  # Scores capped before the mask: no fused kernel does that.
  def capped_attention(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, mask: Tensor, scale: float, cap: float) -> Tensor:
    scores = (self).soft_cap(torch.mul(torch.matmul(q, torch.transpose(k, 2, 3)), scale), cap)
    return torch.matmul(torch.softmax(torch.add(scores, mask), -1), v)

  # One block of queries after another, in the order of tokens: sizes of blocks. spans[bounds[i]:bounds[i+1]] are the keys
  # of block i before its own tokens. masks[i] is [queries, keys], 0 or -inf; one without numbers: causal, keys and queries
  # the same tokens. Blocks are split off once: on the way back a slice would fill a whole array with zeros.
  def attention(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, cos: Optional[Tensor], sin: Optional[Tensor], sizes: List[int], spans: List[int], bounds: List[int], masks: List[Tensor], heads: int, kv_heads: int, scale: float, cap: float) -> Tensor:
    q1 = (self).heads_first(q, heads, cos, sin)
    k1 = (self).heads_first(k, kv_heads, cos, sin)
    v1 = (self).heads_first(v, kv_heads, None, None)
    if torch.ne(heads, kv_heads):
      k2 = torch.repeat_interleave(k1, torch.floordiv(heads, kv_heads), 1)
      v2 = torch.repeat_interleave(v1, torch.floordiv(heads, kv_heads), 1)
    else:
      k2 = k1
      v2 = v1
    qs = torch.split_with_sizes(q1, sizes, 2)
    ks = torch.split_with_sizes(k2, sizes, 2)
    vs = torch.split_with_sizes(v2, sizes, 2)
    outs = annotate(List[Tensor], [])
    for i in range(torch.len(masks)):
      past = torch.slice(spans, bounds[i], bounds[torch.add(i, 1)], 1)
      qi = qs[i]
      ki = (self).keys(ks, past, i)
      vi = (self).keys(vs, past, i)
      mask = masks[i]
      if torch.gt(cap, 0.):
        o = (self).capped_attention(qi, ki, vi, mask, scale, cap)
      else:
        if torch.eq(torch.numel(mask), 0):
          o = torch.scaled_dot_product_attention(qi, ki, vi, None, 0., True, scale=scale)
        else:
          o = torch.scaled_dot_product_attention(qi, ki, vi, mask, 0., False, scale=scale)
      _0 = torch.append(outs, torch.reshape(torch.transpose(torch.squeeze(o, 0), 0, 1), [torch.size(qi, 2), torch.size(q, 1)]))
    if torch.eq(torch.len(outs), 0):
      all = q
    else:
      if torch.eq(torch.len(outs), 1):
        all = outs[0]
      else:
        all = torch.cat(outs, 0)
    return all

  # [rows, 1] of log-softmax(logits) at the targets.
  def token_log_probs(self: __torch__.Kernels, logits: Tensor, targets: Tensor) -> Tensor:
    return torch.unsqueeze(torch.neg(torch.cross_entropy_loss(logits, targets, None, 0, -100, 0.)), 1)

  # The head's statistics, [rows, 1] each, under the names of HeadStatistic.
  def log_sum_squared_probs(self: __torch__.Kernels, logits: Tensor, targets: Tensor) -> Tensor:
    return torch.logsumexp(torch.mul(torch.log_softmax(torch.detach(logits), -1), 2), [-1], True)

  def entropy(self: __torch__.Kernels, logits: Tensor, targets: Tensor) -> Tensor:
    log_probs = torch.log_softmax(torch.detach(logits), -1)
    return torch.neg(torch.sum(torch.mul(torch.exp(log_probs), log_probs), [-1], True))

  def mean_logit(self: __torch__.Kernels, logits: Tensor, targets: Tensor) -> Tensor:
    return torch.mean(torch.detach(logits), [-1], True)

  def top1_is_target(self: __torch__.Kernels, logits: Tensor, targets: Tensor) -> Tensor:
    scores = torch.detach(logits)
    target = torch.gather(scores, 1, torch.unsqueeze(targets, 1))
    return torch.type_as(torch.ge(target, torch.amax(scores, [-1], True)), scores)

  # What autograd does for token_log_probs of the head, by hand: d logits = g (onehot(target) - probs).
  # g [rows, 1]; gradient [rows, dim]: where d hidden is written
  def head_backward(self: __torch__.Kernels, logits: Tensor, targets: Tensor, g: Tensor, weight: Tensor, cap: float, gradient: Tensor) -> Tensor:
    d = torch.softmax(logits, -1)
    _0 = torch.mul_(d, torch.neg(g))
    _1 = torch.scatter_add_(d, 1, torch.unsqueeze(targets, 1), g)
    if torch.gt(cap, 0.):
      _2 = torch.mul_(d, torch.rsub(torch.square(torch.div(logits, cap)), 1.))
    _3 = torch.mm(d, weight, out=gradient)
    return d

  def sum_rows(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.sum(x, [0], False)

  # The gradients of a stage's inputs, by autograd; zeros where nothing depends on an input.
  def gradients(self: __torch__.Kernels, output: Tensor, inputs: List[Tensor], upstream: Tensor) -> List[Tensor]:
    found = torch.grad([output], inputs, annotate(List[Optional[Tensor]], [upstream]), None, False, True)
    all = annotate(List[Tensor], [])
    for i in range(torch.len(inputs)):
      one = found[i]
      if torch.__isnot__(one, None):
        _0 = torch.append(all, unchecked_cast(Tensor, one))
      else:
        _1 = torch.append(all, torch.zeros_like(inputs[i]))
    return all

  # gradient[start:end] += (rows^T columns)[start:end]: the product itself adds, so that nothing of the weight's size is
  # ever made. rows [n, out], columns [n, in], gradient [out, in].
  def add_product(self: __torch__.Kernels, gradient: Tensor, rows: Tensor, columns: Tensor, start: int, end: int) -> None:
    _0 = torch.addmm_(torch.slice(gradient, 0, start, end, 1), torch.transpose(torch.slice(rows, 1, start, end, 1), 0, 1), columns)
    return None

  def add_whole(self: __torch__.Kernels, gradient: Tensor, more: Tensor) -> None:
    _0 = torch.add_(gradient, more)
    return None

  # The global L2 norm.
  def norm(self: __torch__.Kernels, gradients: List[Tensor]) -> Tensor:
    return torch.linalg_vector_norm(torch.stack(torch._foreach_norm(gradients, 2)), 2)

  def scale(self: __torch__.Kernels, tensors: List[Tensor], by: float) -> None:
    _0 = torch._foreach_mul_(tensors, by)
    return None

  def zero(self: __torch__.Kernels, tensors: List[Tensor]) -> None:
    _0 = torch._foreach_zero_(tensors)
    return None

  # step: the number of this step, from 1; 0 would give NaN.
  def adamw(self: __torch__.Kernels, weights: List[Tensor], gradients: List[Tensor], first: List[Tensor], second: List[Tensor], step: Tensor, lr: float, beta1: float, beta2: float, decay: float, eps: float) -> None:
    steps = annotate(List[Tensor], [])
    for _0 in range(torch.len(weights)):
      _1 = torch.append(steps, step)
    _2 = ops.aten._fused_adamw_(weights, gradients, first, second, annotate(List[Tensor], []), steps, lr=lr, beta1=beta1, beta2=beta2, weight_decay=decay, eps=eps, amsgrad=False, maximize=False)
    return None
