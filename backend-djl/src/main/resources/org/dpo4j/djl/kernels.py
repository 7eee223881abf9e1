# The operations that DJL's NDArray lacks, in the printed form of TorchScript that archives hold
# (torch.add(a, b) rather than a + b). PyTorch differentiates through those that have no way back written out beside them.
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

  def zeros_like(self: __torch__.Kernels, x: Tensor) -> Tensor:
    return torch.zeros_like(x)

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
    return (self).scaled(x, (self).norm_scale(x, weight, eps), weight, offset)

  # The same, for autograd.
  def plain_rms_norm(self: __torch__.Kernels, x: Tensor, weight: Tensor, eps: float, offset: float) -> Tensor:
    each = torch.reshape(x, [-1, torch.size(weight, 0)])
    mean = torch.mean(torch.square(each), [1], True)
    n = torch.mul(each, torch.rsqrt(torch.add(mean, eps)))
    return torch.reshape(torch.mul(n, torch.add(weight, offset)), torch.size(x))

  # [rows * groups, 1]: what rms_norm multiplies each group by, before the weight.
  def norm_scale(self: __torch__.Kernels, x: Tensor, weight: Tensor, eps: float) -> Tensor:
    width = torch.size(weight, 0)
    norm = torch.linalg_vector_norm(torch.reshape(x, [-1, width]), 2, [1], True)
    return torch.rsqrt_(torch.add_(torch.div_(torch.square_(norm), width), eps))

  # The weight that rms_norm multiplies by.
  def norm_weight(self: __torch__.Kernels, weight: Tensor, offset: float) -> Tensor:
    if torch.eq(offset, 0.):
      w = weight
    else:
      w = torch.add(weight, offset)
    return w

  def scaled(self: __torch__.Kernels, x: Tensor, scale: Tensor, weight: Tensor, offset: float) -> Tensor:
    y = torch.mul(torch.reshape(x, [-1, torch.size(weight, 0)]), scale)
    return torch.view(torch.mul_(y, (self).norm_weight(weight, offset)), torch.size(x))

  # With n = x scale and w the weight: d x = scale (g w - n mean(g w n)) + more, d weight = sum of g n, and the norm's result
  # once more. What is mean over a row is a product with w.
  def rms_norm_backward(self: __torch__.Kernels, x: Tensor, scale: Tensor, weight: Tensor, offset: float, upstream: Tensor, more: Optional[Tensor]) -> List[Tensor]:
    width = torch.size(weight, 0)
    w = (self).norm_weight(weight, offset)
    n = torch.mul(torch.reshape(x, [-1, width]), scale)
    g = torch.reshape(upstream, [-1, width])
    gn = torch.mul(g, n)
    of_weight = torch.sum(gn, [0], False)
    mean = torch.unsqueeze(torch.div_(torch.mv(gn, w), width), 1)
    d = torch.addcmul_(torch.mul(g, w, out=gn), n, mean, value=-1.)
    if torch.__isnot__(more, None):
      of_x = torch.addcmul(torch.reshape(unchecked_cast(Tensor, more), [-1, width]), d, scale)
    else:
      of_x = torch.mul_(d, scale)
    y = torch.mul_(n, w)
    return [torch.view(of_x, torch.size(x)), of_weight, torch.view(y, torch.size(x))]

  def silu_backward(self: __torch__.Kernels, x: Tensor, upstream: Tensor) -> Tensor:
    return ops.aten.silu_backward(upstream, x)

  # silu(x) up: d x, d up, and the result once more.
  def gated_backward(self: __torch__.Kernels, x: Tensor, up: Tensor, upstream: Tensor) -> List[Tensor]:
    s = torch.silu(x)
    of_up = torch.mul(upstream, s)
    of_s = torch.mul(upstream, up)
    return [ops.aten.silu_backward(of_s, x), of_up, torch.mul_(s, up)]

  # g [rows, out], weight [out, in]
  def multiplied(self: __torch__.Kernels, g: Tensor, weight: Tensor) -> Tensor:
    return torch.mm(g, weight)

  # sum += g weight
  def add_multiplied(self: __torch__.Kernels, sum: Tensor, g: Tensor, weight: Tensor) -> None:
    _0 = torch.addmm_(sum, g, weight)
    return None

  def layer_norm(self: __torch__.Kernels, x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    return torch.layer_norm(x, [torch.size(x, 1)], weight, bias, eps)

  # x [tokens, heads * head]; cos, sin [tokens, dims/2]: number j of a head turns with j + dims/2, by sign times the angle; the
  # rest stays. The way back turns by the same angles the other way.
  def rotated(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor, heads: int, sign: float) -> Tensor:
    each = torch.reshape(x, [torch.size(x, 0), heads, torch.floordiv(torch.size(x, 1), heads)])
    half = torch.size(cos, 1)
    dims = torch.mul(2, half)
    c = torch.unsqueeze(cos, 1)
    s = torch.unsqueeze(sin, 1)
    a = torch.slice(each, 2, 0, half, 1)
    b = torch.slice(each, 2, half, dims, 1)
    y = torch.empty_like(each)
    _0 = torch.addcmul_(torch.mul(a, c, out=torch.slice(y, 2, 0, half, 1)), b, s, value=torch.neg(sign))
    _1 = torch.addcmul_(torch.mul(b, c, out=torch.slice(y, 2, half, dims, 1)), a, s, value=sign)
    if torch.lt(dims, torch.size(each, 2)):
      _2 = torch.copy_(torch.slice(y, 2, dims, torch.size(each, 2), 1), torch.slice(each, 2, dims, torch.size(each, 2), 1))
    return torch.view(y, torch.size(x))

  # The same, turned forward, for autograd.
  def plain_rotated(self: __torch__.Kernels, x: Tensor, cos: Tensor, sin: Tensor, heads: int) -> Tensor:
    each = torch.reshape(x, [torch.size(x, 0), heads, torch.floordiv(torch.size(x, 1), heads)])
    half = torch.size(cos, 1)
    dims = torch.mul(2, half)
    c = torch.unsqueeze(cos, 1)
    s = torch.unsqueeze(sin, 1)
    a = torch.slice(each, 2, 0, half, 1)
    b = torch.slice(each, 2, half, dims, 1)
    first = torch.sub(torch.mul(a, c), torch.mul(b, s))
    second = torch.add(torch.mul(b, c), torch.mul(a, s))
    rest = torch.slice(each, 2, dims, torch.size(each, 2), 1)
    return torch.reshape(torch.cat([first, second, rest], 2), torch.size(x))

  # [tokens, heads * head] as [1, heads, tokens, head]
  def heads_first(self: __torch__.Kernels, x: Tensor, heads: int) -> Tensor:
    y = torch.view(x, [torch.size(x, 0), heads, torch.floordiv(torch.size(x, 1), heads)])
    return torch.unsqueeze(torch.transpose(y, 0, 1), 0)

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
  def attention(self: __torch__.Kernels, q: Tensor, k: Tensor, v: Tensor, sizes: List[int], spans: List[int], bounds: List[int], masks: List[Tensor], heads: int, kv_heads: int, scale: float, cap: float) -> Tensor:
    q1 = (self).heads_first(q, heads)
    k1 = (self).heads_first(k, kv_heads)
    v1 = (self).heads_first(v, kv_heads)
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
