// SPDX-License-Identifier: BSD-3-Clause
// The kernel for blocks of threads: its problem laid out on the device, or its threads run one after the other here.
#include "attention/problem.hpp"
#include "attention/simt_kernel.hpp"

#include "credence/exec/buffer.hpp"
#include "credence/exec/copy.hpp"
#include "credence/exec/for_each.hpp"

namespace credence::detail {

namespace {

/// All threads of a block, one after the other.
struct host_team {
  template <class F, class Block>
  void operator()(const F& f, simt_phase phase, const Block& x, std::int64_t tile) const {
    for (int thread = 0; thread < simt_threads; ++thread) f.run(phase, x, tile, thread);
  }
};

template <class C, class S>
void run_here(const exec::context& ctx, const simt_problem<C>& problem) {
  const simt_forward<C, S> f{problem};
  exec::for_each_task(ctx, f.block_count(), [&](std::int64_t number) {
    workspace<C> shared(simt_shared_numbers<C>(problem.d, problem.dv));
    simt_run_block(f, number, shared.data(), host_team());
  });
}
void run_here(const exec::context& ctx, const simt_problem<double>& problem, dtype) {
  run_here<double, double>(ctx, problem);
}
void run_here(const exec::context& ctx, const simt_problem<float>& problem, dtype storage) {
  if (storage == dtype::bf16) {
    run_here<float, bfloat16>(ctx, problem);
  } else if (storage == dtype::f16) {
    run_here<float, float16>(ctx, problem);
  } else {
    run_here<float, float>(ctx, problem);
  }
}

/// Lists of the caller (host memory) where the kernel can read them.
class on_device {
 public:
  explicit on_device(const exec::context& ctx) : ctx_(ctx) {}

  template <class T>
  const T* put(const T* from, std::int64_t n) {
    if (ctx_.where == exec::backend::cpu || from == nullptr || n == 0) return from;
    const std::int64_t bytes = n * static_cast<std::int64_t>(sizeof(T));
    copies_.emplace_back(ctx_, bytes);
    exec::copy_bytes(ctx_, copies_.back().data(), {}, from, bytes);
    return reinterpret_cast<const T*>(copies_.back().data());
  }
  template <class T>
  const T* put(std::span<const T> from) {
    return from.empty() ? nullptr : put(from.data(), static_cast<std::int64_t>(from.size()));
  }
  template <class T>
  const T* put(const std::vector<T>& from) {
    return put(from.data(), static_cast<std::int64_t>(from.size()));
  }

 private:
  const exec::context& ctx_;
  std::vector<exec::buffer<std::uint8_t>> copies_{};
};

template <class C>
void set_score(simt_problem<C>& out, const attention::score_function& f, on_device& lists) {
  using attention::score_kind;
  out.score = f.kind;
  out.functor = f;
  const auto with_values = [&](const double* values, std::int64_t n) { out.score_values = lists.put(values, n); };
  if (f.kind == score_kind::alibi) {
    const auto& own = *static_cast<const attention::alibi*>(f.self);
    out.score_heads = own.heads;
    with_values(own.slopes, own.heads);
  } else if (f.kind == score_kind::gaussian_distance) {
    const auto& own = *static_cast<const attention::gaussian_distance*>(f.self);
    out.score_heads = own.heads;
    with_values(own.widths, own.heads);
  } else if (f.kind == score_kind::relative_table) {
    const auto& own = *static_cast<const attention::relative_table*>(f.self);
    out.score_heads = own.heads;
    out.radius = own.radius;
    with_values(own.table, own.heads * (2 * own.radius + 1));
  } else if (f.kind == score_kind::soft_cap) {
    out.cap = static_cast<const attention::soft_cap*>(f.self)->cap;
  }
}

}  // namespace

template <class C>
void run_simt_forward(const exec::context& ctx, const attention_problem<C>& p, stored_result out, C* log_sum_exp) {
  const attention::options& opt = *p.opt;
  on_device lists(ctx);
  simt_problem<C> problem;
  problem.batch = p.batch;
  problem.heads = p.heads;
  problem.key_heads = p.key_heads;
  problem.queries = p.queries;
  problem.keys = p.keys;
  problem.d = static_cast<int>(p.d);
  problem.dv = static_cast<int>(p.dv);
  problem.scale = static_cast<C>(p.scale);
  const auto array = [](const stored_array& a) { return simt_array{a.data, a.batch, a.head, a.row}; };
  problem.q = array(p.q);
  problem.k = array(p.k);
  problem.v = array(p.v);
  problem.output = out.data;
  problem.log_sum_exp = log_sum_exp;
  problem.query_lengths = lists.put(opt.query_lengths);
  problem.key_lengths = lists.put(opt.key_lengths);
  problem.offset = opt.query_offset;
  problem.before = p.before();
  problem.after = p.after();
  problem.mask = p.mask.data();
  problem.bias = p.bias.data();
  for (int axis = 0; axis < 4; ++axis) {
    if (p.mask.data() != nullptr) problem.mask_strides[axis] = p.mask.stride(axis);
    if (p.bias.data() != nullptr) problem.bias_strides[axis] = p.bias.stride(axis);
  }
  if (const attention::block_mask* m = opt.blocks; m != nullptr) {
    problem.blocks = {lists.put(m->row_begin), lists.put(m->columns), lists.put(m->bits_at), lists.put(m->bits),
                      m->query_block,          m->key_block,          m->words_per_row()};
  }
  problem.drops = opt.drop.probability > 0.0;
  problem.drop_threshold = static_cast<std::uint32_t>(opt.drop.probability * 0x1p32);
  problem.keep_scale = static_cast<C>(1.0 / (1.0 - opt.drop.probability));
  problem.drop_key = opt.drop.key;
  set_score(problem, opt.score, lists);
  if (ctx.where == exec::backend::cpu) {
    run_here(ctx, problem, out.type);
    return;
  }
#ifdef CREDENCE_HAVE_CUDA
  cuda::attention_forward(ctx, problem, out.type);
  exec::synchronize(ctx);  // the lists above go away
#endif
}

template void run_simt_forward(const exec::context&, const attention_problem<float>&, stored_result, float*);
template void run_simt_forward(const exec::context&, const attention_problem<double>&, stored_result, double*);

}  // namespace credence::detail
