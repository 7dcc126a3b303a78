// SPDX-License-Identifier: BSD-3-Clause
#include "credence/attention/selective_scan.hpp"

#include "attention/selective_kernels.hpp"
#include "attention/workspace.hpp"

#include "credence/base/check.hpp"
#include "credence/exec/for_each.hpp"
#include "credence/tensor/run_rows.hpp"

#include <algorithm>

namespace credence::attention {

namespace {

using namespace credence::detail;

void run(const selective_forward<float>& w, std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(selective_forward_f32)(w, begin, end);
}
void run(const selective_forward<double>& w, std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(selective_forward_f64)(w, begin, end);
}
void run(const selective_backward<float>& w, std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(selective_backward_f32)(w, begin, end);
}
void run(const selective_backward<double>& w, std::int64_t begin, std::int64_t end) {
  CREDENCE_SIMD_PICK(selective_backward_f64)(w, begin, end);
}

template <class V>
void check_view(const char* where, const char* name, const V& v, std::initializer_list<std::int64_t> expected) {
  const tensor_shape shape(std::span<const std::int64_t>(v.extents, V::rank)), wanted(expected);
  if (!(shape == wanted)) {
    check::fail_shape(where, std::string(name) + " has shape " + to_text(shape) + ", but must have " + to_text(wanted));
  }
  if (!v.contiguous()) check::fail_shape(where, std::string(name) + " is strided, but must be contiguous");
}

struct sizes {
  std::int64_t batch, length, channels, states;
};

template <class T>
sizes check_selective(const char* where, const exec::context& ctx, const selective_inputs<T>& in) {
  require_cpu(where, ctx);
  const sizes s{in.u.extents[0], in.u.extents[1], in.u.extents[2], in.a.extents[1]};
  check_view(where, "u", in.u, {s.batch, s.length, s.channels});
  check_view(where, "delta", in.delta, {s.batch, s.length, s.channels});
  check_view(where, "a", in.a, {s.channels, s.states});
  check_view(where, "b", in.b, {s.batch, s.length, s.states});
  check_view(where, "c", in.c, {s.batch, s.length, s.states});
  if (in.skip.data != nullptr) check_view(where, "skip", in.skip, {s.channels});
  if (in.initial.data != nullptr) check_view(where, "initial", in.initial, {s.batch, s.channels, s.states});
  if (s.states < 1 || s.states > most_states) {
    check::fail_domain(where, "the number of states", s.states, "from 1 to 256");
  }
  const T* rate = std::find_if(in.a.data, in.a.data + in.a.size(), [](T x) { return x > T(0); });
  if (rate != in.a.data + in.a.size()) check::fail_domain(where, "a", static_cast<double>(*rate), "not positive");
  const T* step = std::find_if(in.delta.data, in.delta.data + in.delta.size(), [](T x) { return x < T(0); });
  if (step != in.delta.data + in.delta.size()) {
    check::fail_domain(where, "delta", static_cast<double>(*step), "not negative");
  }
  return s;
}

template <class T>
selective_rows<T> rows_of(const selective_inputs<T>& in, const sizes& s, std::int64_t b) {
  const std::int64_t wide = s.length * s.channels, narrow = s.length * s.states;
  return {s.length,
          s.channels,
          s.states,
          in.u.data + b * wide,
          in.delta.data + b * wide,
          in.a.data,
          in.b.data + b * narrow,
          in.c.data + b * narrow,
          in.skip.data};
}

constexpr std::int64_t forward_channels = 16, backward_channels = 64;  ///< of one task

}  // namespace

template <class T>
selective_result<T> selective_scan(const exec::context& ctx, const selective_inputs<T>& in) {
  const sizes s = check_selective("attention::selective_scan", ctx, in);
  selective_result<T> out{tensor<T>::uninitialized({}, {s.batch, s.length, s.channels}),
                          tensor<T>({s.batch, s.channels, s.states})};
  if (in.initial.data != nullptr) std::copy_n(in.initial.data, out.state.size(), out.state.data());
  const std::int64_t groups = (s.channels + forward_channels - 1) / forward_channels;
  exec::for_each_task(ctx, s.batch * groups, [&](std::int64_t task) {
    const std::int64_t b = task / groups, first = task % groups * forward_channels;
    const selective_forward<T> work{rows_of(in, s, b), out.y.data() + b * s.length * s.channels,
                                    out.state.data() + b * s.channels * s.states};
    run(work, first, std::min(s.channels, first + forward_channels));
  });
  return out;
}

template <class T>
selective_gradients<T> selective_scan_backward(const exec::context& ctx, const selective_inputs<T>& in,
                                               view<const T, 3> d_y, view<const T, 3> d_state) {
  const char* where = "attention::selective_scan_backward";
  const sizes s = check_selective(where, ctx, in);
  check_view(where, "d_y", d_y, {s.batch, s.length, s.channels});
  if (d_state.data != nullptr) check_view(where, "d_state", d_state, {s.batch, s.channels, s.states});
  const std::int64_t groups = (s.channels + backward_channels - 1) / backward_channels, narrow = s.length * s.states;
  selective_gradients<T> out{tensor<T>({s.batch, s.length, s.channels}),
                             tensor<T>({s.batch, s.length, s.channels}),
                             tensor<T>({s.channels, s.states}),
                             tensor<T>({s.batch, s.length, s.states}),
                             tensor<T>({s.batch, s.length, s.states}),
                             {},
                             {}};
  if (in.skip.data != nullptr) out.skip = tensor<T>({s.channels});
  if (in.initial.data != nullptr) out.initial = tensor<T>({s.batch, s.channels, s.states});
  // What tasks share is written apart and added in order: a and skip for each batch entry, b and c for each group.
  workspace<T> by_batch(s.batch * s.channels * (s.states + 1)), by_group(s.batch * groups * 2 * narrow);
  T *d_a = by_batch.data(), *d_skip = d_a + s.batch * s.channels * s.states;
  std::fill_n(by_group.data(), s.batch * groups * 2 * narrow, T(0));
  exec::for_each_task(ctx, s.batch * groups, [&](std::int64_t task) {
    const std::int64_t b = task / groups, first = task % groups * backward_channels, wide = s.length * s.channels;
    const std::int64_t state = b * s.channels * s.states;
    workspace<T> memory(selective_memory(s.length, s.states));
    selective_backward<T> work;
    work.in = rows_of(in, s, b);
    work.initial = in.initial.data == nullptr ? nullptr : in.initial.data + state;
    work.d_y = d_y.data + b * wide;
    work.d_state = d_state.data == nullptr ? nullptr : d_state.data + state;
    work.du = out.u.data() + b * wide;
    work.d_delta = out.delta.data() + b * wide;
    work.d_a = d_a + state;
    work.d_skip = in.skip.data == nullptr ? nullptr : d_skip + b * s.channels;
    work.d_initial = in.initial.data == nullptr ? nullptr : out.initial.data() + state;
    work.db = by_group.data() + task * 2 * narrow;
    work.dc = work.db + narrow;
    work.memory = memory.data();
    run(work, first, std::min(s.channels, first + backward_channels));
  });
  for (std::int64_t b = 0; b < s.batch; ++b) {
    for (std::int64_t e = 0; e < s.channels * s.states; ++e) out.a[e] += d_a[b * s.channels * s.states + e];
    for (std::int64_t e = 0; e < out.skip.size() && in.skip.data != nullptr; ++e) {
      out.skip[e] += d_skip[b * s.channels + e];
    }
    for (std::int64_t g = 0; g < groups; ++g) {
      const T* db = by_group.data() + (b * groups + g) * 2 * narrow;
      for (std::int64_t e = 0; e < narrow; ++e) {
        out.b[b * narrow + e] += db[e];
        out.c[b * narrow + e] += db[narrow + e];
      }
    }
  }
  return out;
}

template selective_result<float> selective_scan(const exec::context&, const selective_inputs<float>&);
template selective_result<double> selective_scan(const exec::context&, const selective_inputs<double>&);
template selective_gradients<float> selective_scan_backward(const exec::context&, const selective_inputs<float>&,
                                                            view<const float, 3>, view<const float, 3>);
template selective_gradients<double> selective_scan_backward(const exec::context&, const selective_inputs<double>&,
                                                             view<const double, 3>, view<const double, 3>);

}  // namespace credence::attention
