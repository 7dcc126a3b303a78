// SPDX-License-Identifier: BSD-3-Clause
// Reductions in the eight-interleaved order, with double accumulators. Rows of results (the innermost loop is kept) use
// eight rows of partial results; single results use eight partial results along the run. Each input is read once.
#include "tensor/reduce_simd.hpp"

#include "tensor/reduce_terms.hpp"

namespace credence::detail::CREDENCE_ISA {

namespace {

template <class Op>
CREDENCE_INLINE double join_eight(const double* lane, std::int64_t step) {
  return Op::join(Op::join(Op::join(lane[0], lane[step]), Op::join(lane[2 * step], lane[3 * step])),
                  Op::join(Op::join(lane[4 * step], lane[5 * step]), Op::join(lane[6 * step], lane[7 * step])));
}

template <class Op, int Stride, class T>
CREDENCE_INLINE void add_run(double* lanes, std::int64_t phase, const T* x, std::int64_t stride, std::int64_t n,
                             double centre) {
  if constexpr (Stride != 0) stride = Stride;
  std::int64_t i = 0;
  for (; phase != 0 && i < n; ++i, phase = (phase + 1) & 7) {
    lanes[phase] = Op::join(lanes[phase], Op::term(x[i * stride], centre));
  }
  double lane[8];
  for (int l = 0; l < 8; ++l) lane[l] = lanes[l];
  for (; i + 8 <= n; i += 8) {
    for (int l = 0; l < 8; ++l) lane[l] = Op::join(lane[l], Op::term(static_cast<double>(x[(i + l) * stride]), centre));
  }
  for (int l = 0; l < 8; ++l) lanes[l] = lane[l];
  for (int l = 0; i < n; ++i, ++l) lanes[l] = Op::join(lanes[l], Op::term(x[i * stride], centre));
}

/// Terms first..last-1 of the reduced loops, for one result.
template <class Op, class T>
double reduce_one(const loop_nest<1>& reduced, std::int64_t first, std::int64_t last, const T* in, double centre) {
  double lanes[8];
  for (double& lane : lanes) lane = Op::zero();
  if (first >= last) return Op::zero();
  const int inner = reduced.rank == 0 ? 0 : reduced.rank - 1;
  const std::int64_t width = reduced.rank == 0 ? 1 : reduced.extent[inner];
  const std::int64_t stride = reduced.rank == 0 ? 1 : reduced.stride[inner][0];
  auto at = nest_at(reduced, inner, first / width);
  std::int64_t column = first % width;
  for (std::int64_t i = first; i < last;) {
    const std::int64_t n = width - column < last - i ? width - column : last - i;
    const T* from = in + at.offset[0] + column * stride;
    if (stride == 1) {
      add_run<Op, 1>(lanes, (i - first) & 7, from, stride, n, centre);
    } else {
      add_run<Op, 0>(lanes, (i - first) & 7, from, stride, n, centre);
    }
    i += n;
    column = 0;
    nest_next(reduced, inner, at);
  }
  return join_eight<Op>(lanes, 1);
}

template <class Op, class T>
CREDENCE_INLINE void add_row(double* CREDENCE_RESTRICT acc, const T* x, std::int64_t stride, std::int64_t n,
                             const double* centre) {
  if (stride == 1) {
    for (std::int64_t c = 0; c < n; ++c) acc[c] = Op::join(acc[c], Op::term(static_cast<double>(x[c]), centre[c]));
  } else {
    for (std::int64_t c = 0; c < n; ++c) acc[c] = Op::join(acc[c], Op::term(x[c * stride], centre[c]));
  }
}

/// Terms first..last-1 for n neighbouring results.
template <class Op, class T>
void reduce_row(const loop_nest<1>& reduced, std::int64_t first, std::int64_t last, double* out, const T* in,
                std::int64_t stride, std::int64_t n, const double* centre) {
  double acc[8 * reduce_chunk];
  for (std::int64_t c = 0; c < 8 * n; ++c) acc[c] = Op::zero();
  auto at = nest_at(reduced, reduced.rank, first);
  for (std::int64_t i = first; i < last; ++i) {
    add_row<Op>(acc + ((i - first) & 7) * n, in + at.offset[0], stride, n, centre);
    nest_next(reduced, reduced.rank, at);
  }
  for (std::int64_t c = 0; c < n; ++c) out[c] = join_eight<Op>(acc + c, n);
}

template <class T>
struct reduce_tasks {
  const reduce_nest& nest;
  std::int64_t block;
  double* out;
  const T* in;
  const double* centre;
  std::int64_t begin, end;

  template <class Op>
  void run() const {
    const std::int64_t terms = nest.reduced.size(), first = block * reduce_block;
    const std::int64_t last = terms < first + reduce_block ? terms : first + reduce_block;
    const loop_nest<2>& kept = nest.kept;
    if (!nest.inner_is_kept) {
      auto at = nest_at(kept, kept.rank, begin);
      for (std::int64_t task = begin; task < end; ++task) {
        const std::int64_t to = at.offset[0];
        out[to] = reduce_one<Op>(nest.reduced, first, last, in + at.offset[1], centre == nullptr ? 0.0 : centre[to]);
        nest_next(kept, kept.rank, at);
      }
      return;
    }
    const int inner = kept.rank - 1;
    const std::int64_t width = kept.extent[inner], stride = kept.stride[inner][1];
    const std::int64_t chunks = (width + reduce_chunk - 1) / reduce_chunk;
    auto at = nest_at(kept, inner, begin / chunks);
    std::int64_t chunk = begin % chunks;
    const double no_centre[reduce_chunk] = {};
    for (std::int64_t task = begin; task < end; ++task) {
      const std::int64_t column = chunk * reduce_chunk;
      const std::int64_t n = width - column < reduce_chunk ? width - column : reduce_chunk;
      const std::int64_t to = at.offset[0] + column;
      reduce_row<Op>(nest.reduced, first, last, out + to, in + at.offset[1] + column * stride, stride, n,
                     centre == nullptr ? no_centre : centre + to);
      if (++chunk == chunks) {
        chunk = 0;
        nest_next(kept, inner, at);
      }
    }
  }
};

template <class T>
void reduce_kind(term_kind kind, const reduce_tasks<T>& tasks) {
  switch (kind) {
    case term_kind::sum:
      return tasks.template run<reduce_terms::sum>();
    case term_kind::product:
      return tasks.template run<reduce_terms::product>();
    case term_kind::maximum:
      return tasks.template run<reduce_terms::maximum>();
    case term_kind::minimum:
      return tasks.template run<reduce_terms::minimum>();
    case term_kind::absolute_sum:
      return tasks.template run<reduce_terms::absolute_sum>();
    case term_kind::absolute_maximum:
      return tasks.template run<reduce_terms::absolute_maximum>();
    case term_kind::squared_deviation:
      return tasks.template run<reduce_terms::squared_deviation>();
    case term_kind::scaled_square:
      return tasks.template run<reduce_terms::scaled_square>();
    case term_kind::shifted_exp:
      return tasks.template run<reduce_terms::shifted_exp>();
  }
}

}  // namespace

void reduce_f64(const reduce_nest& nest, term_kind kind, std::int64_t block, double* out, const double* in,
                const double* centre, std::int64_t begin, std::int64_t end) {
  reduce_kind(kind, reduce_tasks<double>{nest, block, out, in, centre, begin, end});
}
void reduce_f32(const reduce_nest& nest, term_kind kind, std::int64_t block, double* out, const float* in,
                const double* centre, std::int64_t begin, std::int64_t end) {
  reduce_kind(kind, reduce_tasks<float>{nest, block, out, in, centre, begin, end});
}

}  // namespace credence::detail::CREDENCE_ISA
