// SPDX-License-Identifier: BSD-3-Clause
// What attention refuses, and how it says so.
#include "attention/problem.hpp"

#include "credence/base/check.hpp"

namespace credence::detail {

namespace {

using attention::path;

template <class T>
tensor_shape shape_of(const view<const T, 4>& v) {
  return tensor_shape(std::span<const std::int64_t>(v.extents, 4));
}

void fail_pair(const char* where, const char* a, const tensor_shape& sa, const char* b, const tensor_shape& sb,
               const char* rule) {
  check::fail_shape(where,
                    std::string(a) + " has shape " + to_text(sa) + " and " + b + " " + to_text(sb) + ", but " + rule);
}

template <class T>
stored_array stored(const char* where, const char* name, const view<const T, 4>& v) {
  if (v.extents[3] > 1 && v.strides[3] != 1) {
    check::fail_shape(where, std::string("the last axis of ") + name + " has stride " + std::to_string(v.strides[3]) +
                                 ", but its elements must lie side by side");
  }
  return {v.data, dtype_of<T>, v.strides[0], v.strides[1], v.strides[2]};
}

void check_lengths(const char* where, const char* name, std::span<const std::int64_t> lengths, std::int64_t batch,
                   std::int64_t longest) {
  if (lengths.empty()) return;
  check::same_size(where, name, static_cast<std::int64_t>(lengths.size()), "the batch", batch);
  for (const std::int64_t n : lengths) check::less_than(where, name, n, longest + 1);
}

template <class A>
A broadcast(const char* where, const char* name, const A& array, const tensor_shape& full) {
  if (array.data() == nullptr) return {};
  bool fits = array.rank() <= 4;
  for (int d = 0; fits && d < array.rank(); ++d) {
    const std::int64_t n = array.extent(array.rank() - 1 - d);
    fits = n == 1 || n == full[3 - d];
  }
  if (!fits) {
    check::fail_shape(where, std::string(name) + " has shape " + to_text(array.shape()) +
                                 ", but must broadcast to (batch, heads, queries, keys) = " + to_text(full));
  }
  return array.broadcast_to(full);
}

path choose_path(const char* where, const exec::context& ctx, path wanted, std::int64_t d, std::int64_t dv) {
  const auto all = attention::paths(ctx, d, dv);
  path best = path::automatic;
  for (const auto& one : all) {
    if (one.which == wanted && !one.usable) {
      throw not_built_error(std::string(where) + ": path is " + attention::to_string(wanted) + ", but " + one.why_not);
    }
    if (one.usable) best = one.which;
  }
  if (best == path::automatic) {
    throw not_built_error(std::string(where) + ": the context is a CUDA device, but " + all.back().why_not);
  }
  return wanted == path::automatic ? best : wanted;
}

}  // namespace

template <class T>
attention_problem<attention::compute_type<T>> check_attention(const char* where, const exec::context& ctx,
                                                              const attention::inputs<T>& in,
                                                              const attention::options& opt) {
  attention_problem<attention::compute_type<T>> p;
  const tensor_shape q = shape_of(in.q), k = shape_of(in.k), v = shape_of(in.v);
  if (q[0] != k[0]) fail_pair(where, "q", q, "k", k, "their batches must be equal");
  if (q[3] != k[3]) fail_pair(where, "q", q, "k", k, "their last axes must be equal");
  if (k[0] != v[0] || k[1] != v[1] || k[2] != v[2]) {
    fail_pair(where, "k", k, "v", v, "batch, heads and keys must be equal");
  }
  if (k[1] == 0 ? q[1] != 0 : q[1] % k[1] != 0) {
    fail_pair(where, "q", q, "k", k, "the heads of q must be a multiple of those of k");
  }
  p.batch = q[0];
  p.heads = q[1];
  p.key_heads = k[1];
  p.queries = q[2];
  p.keys = k[2];
  p.d = q[3];
  p.dv = v[3];
  if (p.d < 1) check::fail_domain(where, "the head dimension", p.d, "at least 1");
  if (p.dv < 1) check::fail_domain(where, "the head dimension of v", p.dv, "at least 1");
  p.use = choose_path(where, ctx, opt.use, p.d, p.dv);
  if (p.use == path::cuda && opt.score.kind == attention::score_kind::functor) {
    throw not_built_error(std::string(where) +
                          ": score is a functor of the caller, but on CUDA it must be one of the closed set");
  }
  p.scale = opt.scale.value_or(1.0 / __builtin_sqrt(static_cast<double>(p.d)));
  check::finite(where, "scale", p.scale);
  if (!(opt.drop.probability >= 0.0 && opt.drop.probability < 1.0)) {
    check::fail_domain(where, "the dropout probability", opt.drop.probability, "at least 0 and below 1");
  }
  if (opt.window_before < 0) check::fail_domain(where, "window_before", opt.window_before, "at least 0");
  if (opt.window_after < 0) check::fail_domain(where, "window_after", opt.window_after, "at least 0");
  if (opt.query_offset > p.far || opt.query_offset < -p.far) {
    check::fail_domain(where, "query_offset", opt.query_offset, "within 2^40 of 0");
  }
  check_lengths(where, "query_lengths", opt.query_lengths, p.batch, p.queries);
  check_lengths(where, "key_lengths", opt.key_lengths, p.batch, p.keys);
  p.q = stored(where, "q", in.q);
  p.k = stored(where, "k", in.k);
  p.v = stored(where, "v", in.v);
  const tensor_shape full{p.batch, p.heads, p.queries, p.keys};
  p.bias = broadcast(where, "bias", in.bias, full);
  p.mask = broadcast(where, "mask", opt.mask, full);
  if (opt.blocks != nullptr && (opt.blocks->queries != p.queries || opt.blocks->keys != p.keys)) {
    check::fail_shape(where, "blocks is a mask of " + std::to_string(opt.blocks->queries) + " queries and " +
                                 std::to_string(opt.blocks->keys) + " keys, but q and k have " +
                                 std::to_string(p.queries) + " and " + std::to_string(p.keys));
  }
  p.opt = &opt;
  return p;
}

template attention_problem<double> check_attention(const char*, const exec::context&, const attention::inputs<double>&,
                                                   const attention::options&);
template attention_problem<float> check_attention(const char*, const exec::context&, const attention::inputs<float>&,
                                                  const attention::options&);
template attention_problem<float> check_attention(const char*, const exec::context&, const attention::inputs<bfloat16>&,
                                                  const attention::options&);
template attention_problem<float> check_attention(const char*, const exec::context&, const attention::inputs<float16>&,
                                                  const attention::options&);

namespace {

template <class T, class Generic, class Avx2, class Avx512>
const tile_kernels<T>& pick_path(path which, [[maybe_unused]] Generic generic, [[maybe_unused]] Avx2 avx2,
                                 [[maybe_unused]] Avx512 avx512) {
  if (which == path::tiled_avx512) return avx512();
  if (which == path::tiled_avx2) return avx2();
  return generic();
}

}  // namespace

#if defined(__x86_64__) || defined(_M_X64)
const tile_kernels<float>& kernels_of(path which, float) {
  return pick_path<float>(which, isa_generic::attention_kernels_f32, isa_avx2::attention_kernels_f32,
                          isa_avx512::attention_kernels_f32);
}
const tile_kernels<double>& kernels_of(path which, double) {
  return pick_path<double>(which, isa_generic::attention_kernels_f64, isa_avx2::attention_kernels_f64,
                           isa_avx512::attention_kernels_f64);
}
#else
const tile_kernels<float>& kernels_of(path, float) { return isa_generic::attention_kernels_f32(); }
const tile_kernels<double>& kernels_of(path, double) { return isa_generic::attention_kernels_f64(); }
#endif

}  // namespace credence::detail

namespace credence::attention {

const char* to_string(path p) {
  switch (p) {
    case path::automatic:
      return "automatic";
    case path::reference:
      return "reference";
    case path::simt:
      return "simt";
    case path::tiled_generic:
      return "tiled_generic";
    case path::tiled_avx2:
      return "tiled_avx2";
    case path::tiled_avx512:
      return "tiled_avx512";
    case path::cuda:
      return "cuda";
  }
  return "unknown";
}

std::vector<path_info> paths(const exec::context& ctx, std::int64_t d, std::int64_t dv) {
  std::vector<path_info> out;
  const bool cpu = ctx.where == exec::backend::cpu;
  const bool small = d <= largest_head && dv <= largest_head;
  const std::string too_large = "a head dimension is " + std::to_string(d > dv ? d : dv) + ", but must be at most " +
                                std::to_string(largest_head) + " (the path reference takes any)";
  const auto add = [&](path which, bool has, const char* lacks) {
    const bool fits = which == path::reference || small;
    const bool usable = cpu && fits && has;
    const bool backward = which != path::simt;
    out.push_back(
        {which, usable, backward, usable ? "" : (!cpu ? "the context is no CPU" : (fits ? lacks : too_large))});
  };
  add(path::reference, true, "");
  add(path::simt, true, "");
  add(path::tiled_generic, true, "");
  add(path::tiled_avx2, simd() >= simd_level::avx2, "the processor has no AVX2");
  add(path::tiled_avx512, simd() >= simd_level::avx512, "the processor has no AVX-512");
  const bool usable = !cpu && small && exec::built_with_cuda();
  out.push_back(
      {path::cuda, usable, false,
       usable ? "" : (cpu ? "the context is no CUDA device" : (small ? "this build has no CUDA" : too_large))});
  return out;
}

}  // namespace credence::attention
