// SPDX-License-Identifier: BSD-3-Clause
// The selective scan. A register holds one channel in each lane, so that the sum over states needs no sum across lanes;
// the states of a register's channels stay in the first cache. One exponential and four multiply-adds a state and step.
#include "attention/selective_kernels.hpp"
#include "attention/tile_vector.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

/// Lanes of one row; missing channels are zeros.
template <class T>
CREDENCE_INLINE wide<T> load_lanes(const T* p, int lanes) {
  if (lanes == wide<T>::width) return wide<T>::load(p);
  T x[wide<T>::width] = {};
  for (int i = 0; i < lanes; ++i) x[i] = p[i];
  return wide<T>::load(x);
}
template <class T>
CREDENCE_INLINE void store_lanes(wide<T> v, T* p, int lanes) {
  if (lanes == wide<T>::width) {
    v.store(p);
    return;
  }
  T x[wide<T>::width];
  v.store(x);
  for (int i = 0; i < lanes; ++i) p[i] = x[i];
}

/// (lanes, states) to states vectors.
template <class T>
void load_columns(const T* from, std::int64_t states, int lanes, T* to) {
  constexpr int width = wide<T>::width;
  for (std::int64_t n = 0; n < states; ++n) {
    for (int i = 0; i < width; ++i) to[n * width + i] = i < lanes && from != nullptr ? from[i * states + n] : T(0);
  }
}
template <class T>
void store_columns(const T* from, std::int64_t states, int lanes, T* to) {
  for (std::int64_t n = 0; n < states; ++n) {
    for (int i = 0; i < lanes; ++i) to[i * states + n] = from[n * wide<T>::width + i];
  }
}

template <class T>
struct lane_rates {
  alignas(64) T x[most_states * wide<T>::width];
};

/// One step of all states of a register of channels; returns sum_n c_n x_n.
template <class T>
CREDENCE_INLINE wide<T> advance(const T* rates, T* x, std::int64_t states, wide<T> delta, wide<T> input, const T* b,
                                const T* c) {
  using V = wide<T>;
  V y = V::zero(), z = V::zero();
  std::int64_t n = 0;
  for (; n + 1 < states; n += 2) {
    const V decay = exp_nonpositive(delta * V::load(rates + n * V::width));
    const V decay2 = exp_nonpositive(delta * V::load(rates + (n + 1) * V::width));
    const V now = V::fma(decay, V::load(x + n * V::width), input * V::splat(b[n]));
    const V now2 = V::fma(decay2, V::load(x + (n + 1) * V::width), input * V::splat(b[n + 1]));
    now.store(x + n * V::width);
    now2.store(x + (n + 1) * V::width);
    y = V::fma(V::splat(c[n]), now, y);
    z = V::fma(V::splat(c[n + 1]), now2, z);
  }
  if (n < states) {
    const V decay = exp_nonpositive(delta * V::load(rates + n * V::width));
    const V now = V::fma(decay, V::load(x + n * V::width), input * V::splat(b[n]));
    now.store(x + n * V::width);
    y = V::fma(V::splat(c[n]), now, y);
  }
  return y + z;
}

template <class T>
void run_forward(const selective_forward<T>& w, std::int64_t begin, std::int64_t end) {
  using V = wide<T>;
  const selective_rows<T>& in = w.in;
  lane_rates<T> rates, x;
  for (std::int64_t first = begin; first < end; first += V::width) {
    const int lanes = static_cast<int>(end - first < V::width ? end - first : V::width);
    load_columns(in.a + first * in.states, in.states, lanes, rates.x);
    load_columns(w.state + first * in.states, in.states, lanes, x.x);
    const V skip = in.skip == nullptr ? V::zero() : load_lanes(in.skip + first, lanes);
    for (std::int64_t t = 0; t < in.length; ++t) {
      const std::int64_t at = t * in.channels + first;
      const V u = load_lanes(in.u + at, lanes), delta = load_lanes(in.delta + at, lanes);
      const V y = advance(rates.x, x.x, in.states, delta, delta * u, in.b + t * in.states, in.c + t * in.states);
      store_lanes(V::fma(skip, u, y), w.y + at, lanes);
    }
    store_columns(x.x, in.states, lanes, w.state + first * in.states);
  }
}

constexpr std::int64_t checkpoint = 32;  ///< steps between stored states

/// A register of channels on its way back.
template <class T>
struct backward_lanes {
  using V = wide<T>;
  const selective_backward<T>& w;
  std::int64_t first;
  int lanes;
  T* rates;    // states vectors each
  T* adjoint;  // of the state after the step in hand
  T* d_rates;
  T* saved;   // states at checkpoints: (chunks + 1, states) vectors
  T* states;  // within a chunk: (checkpoint + 1, states) vectors
  T* decays;  // (checkpoint, states) vectors

  void forward_chunk(std::int64_t from, std::int64_t to) const {
    const auto& in = w.in;
    const std::int64_t size = in.states * V::width;
    for (std::int64_t t = from; t < to; ++t) {
      const std::int64_t at = t * in.channels + first;
      const V u = load_lanes(in.u + at, lanes), delta = load_lanes(in.delta + at, lanes), input = delta * u;
      const T* x = states + (t - from) * size;
      for (std::int64_t n = 0; n < in.states; ++n) {
        const std::int64_t o = n * V::width;
        const V decay = exp_nonpositive(delta * V::load(rates + o));
        decay.store(decays + (t - from) * size + o);
        V::fma(decay, V::load(x + o), input * V::splat(in.b[t * in.states + n]))
            .store(states + (t - from + 1) * size + o);
      }
    }
  }
  /// db and dc of step t get this register's lanes added to (states) vectors.
  V backward_step(std::int64_t t, std::int64_t from, T* db, T* dc, V d_skip) const {
    const auto& in = w.in;
    const std::int64_t size = in.states * V::width, at = t * in.channels + first;
    const V u = load_lanes(in.u + at, lanes), delta = load_lanes(in.delta + at, lanes);
    const V dy = load_lanes(w.d_y + at, lanes), input = delta * u;
    const T *before = states + (t - from) * size, *after = before + size, *decay = decays + (t - from) * size;
    V d_input = V::zero(), d_delta = V::zero();
    for (std::int64_t n = 0; n < in.states; ++n) {
      const std::int64_t o = n * V::width;
      const V g = V::fma(V::splat(in.c[t * in.states + n]), dy, V::load(adjoint + o));
      V::fma(dy, V::load(after + o), V::load(dc + o)).store(dc + o);
      V::fma(g, input, V::load(db + o)).store(db + o);
      d_input = V::fma(g, V::splat(in.b[t * in.states + n]), d_input);
      const V e = V::load(decay + o), by_exponent = g * (V::load(before + o) * e);
      d_delta = V::fma(by_exponent, V::load(rates + o), d_delta);
      V::fma(by_exponent, delta, V::load(d_rates + o)).store(d_rates + o);
      (g * e).store(adjoint + o);
    }
    const V skip = in.skip == nullptr ? V::zero() : load_lanes(in.skip + first, lanes);
    store_lanes(V::fma(d_input, delta, skip * dy), w.du + at, lanes);
    store_lanes(V::fma(d_input, u, d_delta), w.d_delta + at, lanes);
    return V::fma(dy, u, d_skip);
  }
};

/// Registers of channels one after the other; db and dc are summed over them in that order, then over lanes.
template <class T>
void run_backward(const selective_backward<T>& w, std::int64_t begin, std::int64_t end, T* memory) {
  using V = wide<T>;
  const auto& in = w.in;
  const std::int64_t size = in.states * V::width, chunks = (in.length + checkpoint - 1) / checkpoint;
  T* rates = memory;
  T *adjoint = rates + size, *d_rates = adjoint + size, *db = d_rates + size, *dc = db + size;
  T *states = dc + size, *decays = states + (checkpoint + 1) * size, *saved = decays + checkpoint * size;
  for (std::int64_t first = begin; first < end; first += V::width) {
    const int lanes = static_cast<int>(end - first < V::width ? end - first : V::width);
    const backward_lanes<T> run{w, first, lanes, rates, adjoint, d_rates, saved, states, decays};
    load_columns(in.a + first * in.states, in.states, lanes, rates);
    load_columns(w.d_state == nullptr ? nullptr : w.d_state + first * in.states, in.states, lanes, adjoint);
    load_columns(w.initial == nullptr ? nullptr : w.initial + first * in.states, in.states, lanes, saved);
    for (std::int64_t e = 0; e < size; ++e) d_rates[e] = T(0);
    for (std::int64_t k = 0; k < chunks; ++k) {
      const std::int64_t from = k * checkpoint, to = from + checkpoint < in.length ? from + checkpoint : in.length;
      for (std::int64_t e = 0; e < size; ++e) states[e] = saved[k * size + e];
      run.forward_chunk(from, to);
      for (std::int64_t e = 0; e < size; ++e) saved[(k + 1) * size + e] = states[(to - from) * size + e];
    }
    V d_skip = V::zero();
    for (std::int64_t k = chunks; k-- > 0;) {
      const std::int64_t from = k * checkpoint, to = from + checkpoint < in.length ? from + checkpoint : in.length;
      for (std::int64_t e = 0; e < size; ++e) states[e] = saved[k * size + e];
      run.forward_chunk(from, to);
      for (std::int64_t t = to; t-- > from;) {
        for (std::int64_t e = 0; e < size; ++e) db[e] = dc[e] = T(0);
        d_skip = run.backward_step(t, from, db, dc, d_skip);
        for (std::int64_t n = 0; n < in.states; ++n) {
          w.db[t * in.states + n] += V::load(db + n * V::width).sum();
          w.dc[t * in.states + n] += V::load(dc + n * V::width).sum();
        }
      }
    }
    store_columns(d_rates, in.states, lanes, w.d_a + first * in.states);
    if (w.d_skip != nullptr) store_lanes(d_skip, w.d_skip + first, lanes);
    if (w.d_initial != nullptr) store_columns(adjoint, in.states, lanes, w.d_initial + first * in.states);
  }
}

}  // namespace

void selective_forward_f32(const selective_forward<float>& w, std::int64_t begin, std::int64_t end) {
  run_forward(w, begin, end);
}
void selective_forward_f64(const selective_forward<double>& w, std::int64_t begin, std::int64_t end) {
  run_forward(w, begin, end);
}
void selective_backward_f32(const selective_backward<float>& w, std::int64_t begin, std::int64_t end) {
  run_backward(w, begin, end, w.memory);
}
void selective_backward_f64(const selective_backward<double>& w, std::int64_t begin, std::int64_t end) {
  run_backward(w, begin, end, w.memory);
}

}  // namespace credence::detail::CREDENCE_ISA
