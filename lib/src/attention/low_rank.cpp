// SPDX-License-Identifier: BSD-3-Clause
#include "credence/attention/low_rank.hpp"

#include "attention/one_head.hpp"

#include "credence/base/portable_math.hpp"
#include "credence/random/normal.hpp"
#include "credence/tensor/gemm.hpp"
#include "credence/tensor/run_rows.hpp"

namespace credence::attention {

namespace {

/// E times every head of x: (batch, heads, r, columns).
template <class T>
tensor<T> compress(const exec::context& ctx, const view<const T, 2>& by, const view<const T, 4>& x) {
  auto out = tensor<T>::uninitialized({}, {x.extents[0], x.extents[1], by.extents[0], x.extents[3]});
  const std::int64_t size = by.extents[0] * x.extents[3];
  for (std::int64_t b = 0; b < x.extents[0]; ++b) {
    for (std::int64_t h = 0; h < x.extents[1]; ++h) {
      gemm(ctx, by, one_head(x, b, h),
           view<T, 2>(out.data() + (b * x.extents[1] + h) * size, by.extents[0], x.extents[3]));
    }
  }
  return out;
}

/// The gradient by x of what `compress` gave: E' d; and, added up over heads, the one by E: d x'.
template <class T>
tensor<T> compress_backward(const exec::context& ctx, const view<const T, 2>& by, const view<const T, 4>& x,
                            const tensor<T>& d, view<T, 2> d_by) {
  auto out = tensor<T>::uninitialized({}, {x.extents[0], x.extents[1], x.extents[2], x.extents[3]});
  const std::int64_t r = by.extents[0], c = x.extents[3];
  for (std::int64_t n = 0; n < x.extents[0] * x.extents[1]; ++n) {
    const view<const T, 2> upstream(d.data() + n * r * c, r, c);
    gemm(ctx, by, upstream, view<T, 2>(out.data() + n * x.extents[2] * c, x.extents[2], c), {.a = transposed::yes});
    gemm(ctx, upstream, one_head(x, n / x.extents[1], n % x.extents[1]), d_by, {.b = transposed::yes, .beta = T(1)});
  }
  return out;
}

template <class T>
struct checked_compression {
  view<const T, 2> keys, values;
};

template <class T>
checked_compression<T> check_compression(const char* where, const exec::context& ctx, const inputs<T>& in,
                                         const compression<T>& by, const options& opt) {
  credence::detail::require_cpu(where, ctx);
  if (opt.causal || opt.mask.data() != nullptr || opt.blocks != nullptr || !opt.key_lengths.empty() ||
      opt.window_before != unlimited || opt.window_after != unlimited || in.bias.data() != nullptr) {
    check::fail_domain(where, "opt", std::string_view("a mask, window, bias or lengths of keys"),
                       "without them: a summary of keys has no position");
  }
  check::rank_is(where, "by.keys", by.keys.shape(), 2);
  const auto checked = [&](const char* name, const array_view<const T>& e) {
    check::rank_is(where, name, e.shape(), 2);
    if (e.extent(1) != in.k.extents[2]) {
      check::fail_shape(where, std::string(name) + " has shape " + to_text(e.shape()) + ", but k has " +
                                   std::to_string(in.k.extents[2]) + " rows");
    }
    if (!e.contiguous()) check::fail_shape(where, std::string(name) + " is strided, but must be contiguous");
    return e.template view<2>();
  };
  checked_compression<T> out{checked("by.keys", by.keys), {}};
  out.values = by.values.data() == nullptr ? out.keys : checked("by.values", by.values);
  check::same_size(where, "by.keys", out.keys.extents[0], "by.values", out.values.extents[0]);
  return out;
}

}  // namespace

template <class T>
result<T> linformer(const exec::context& ctx, const inputs<T>& in, const compression<T>& by, const options& opt) {
  const auto e = check_compression("attention::linformer", ctx, in, by, opt);
  const tensor<T> k = compress(ctx, e.keys, in.k), v = compress(ctx, e.values, in.v);
  return forward<T>(ctx, {in.q, k.template view<4>(), v.template view<4>(), {}}, opt);
}

template <class T>
linformer_gradients<T> linformer_backward(const exec::context& ctx, const inputs<T>& in, const compression<T>& by,
                                          const options& opt, const result<T>& done, view<const T, 4> d_output) {
  const auto e = check_compression("attention::linformer_backward", ctx, in, by, opt);
  const tensor<T> k = compress(ctx, e.keys, in.k), v = compress(ctx, e.values, in.v);
  auto inner = backward<T>(ctx, {in.q, k.template view<4>(), v.template view<4>(), {}}, opt, done, d_output);
  const bool shared = by.values.data() == nullptr;
  linformer_gradients<T> out;
  out.q = std::move(inner.q);
  out.keys = tensor<T>(by.keys.shape());
  if (!shared) out.values = tensor<T>(by.values.shape());
  out.k = compress_backward(ctx, e.keys, in.k, inner.k, out.keys.template view<2>());
  out.v = compress_backward(ctx, e.values, in.v, inner.v, (shared ? out.keys : out.values).template view<2>());
  return out;
}

template <class T>
tensor<T> convolution_compression(std::int64_t n, std::span<const T> kernel) {
  check::at_least("convolution_compression", "the size of the kernel", static_cast<std::int64_t>(kernel.size()), 1);
  check::at_least("convolution_compression", "n", n, 1);
  const auto width = static_cast<std::int64_t>(kernel.size()), rows = (n + width - 1) / width;
  tensor<T> out({rows, n});
  T whole = T(0);
  for (const T w : kernel) whole += w;
  for (std::int64_t r = 0; r < rows; ++r) {
    const std::int64_t end = std::min(n, (r + 1) * width);
    T part = T(0);
    for (std::int64_t j = r * width; j < end; ++j) part += kernel[static_cast<std::size_t>(j - r * width)];
    const bool cut = end - r * width < width;
    if (cut && part == T(0)) {
      check::fail_domain("convolution_compression", "the sum over the cut window", 0.0, "different from 0");
    }
    const T factor = cut ? whole / part : T(1);
    for (std::int64_t j = r * width; j < end; ++j) out(r, j) = kernel[static_cast<std::size_t>(j - r * width)] * factor;
  }
  return out;
}

template <class T>
tensor<T> random_compression(std::int64_t n, std::int64_t r, rng_key key) {
  check::at_least("random_compression", "n", n, 1);
  check::at_least("random_compression", "r", r, 1);
  tensor<T> out({r, n});
  const double factor = 1.0 / math::sqrt(static_cast<double>(r));
  for (std::int64_t i = 0; i < out.size(); ++i) {
    out[i] = static_cast<T>(factor * random::normal(key, static_cast<std::uint64_t>(i)));
  }
  return out;
}

template result<float> linformer(const exec::context&, const inputs<float>&, const compression<float>&, const options&);
template result<double> linformer(const exec::context&, const inputs<double>&, const compression<double>&,
                                  const options&);
template linformer_gradients<float> linformer_backward(const exec::context&, const inputs<float>&,
                                                       const compression<float>&, const options&, const result<float>&,
                                                       view<const float, 4>);
template linformer_gradients<double> linformer_backward(const exec::context&, const inputs<double>&,
                                                        const compression<double>&, const options&,
                                                        const result<double>&, view<const double, 4>);
template tensor<float> convolution_compression(std::int64_t, std::span<const float>);
template tensor<double> convolution_compression(std::int64_t, std::span<const double>);
template tensor<float> random_compression(std::int64_t, std::int64_t, rng_key);
template tensor<double> random_compression(std::int64_t, std::int64_t, rng_key);

}  // namespace credence::attention
