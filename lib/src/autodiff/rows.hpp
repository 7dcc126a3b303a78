// SPDX-License-Identifier: BSD-3-Clause
// Row functions: what an elementwise operation does to `count` contiguous values. All operands of a row are contiguous;
// the driver in replay.hpp spreads what is broadcast. One function pointer a row, no other dispatch, so that a row of
// one lane and a row of 64 lanes run the same vector loop and give the same bits.
#pragma once

#include "elementwise.hpp"
#include "instruction.hpp"

#include "credence/distributions/families.hpp"

#include <cstdint>
#include <utility>

namespace credence::detail::CREDENCE_ISA {

/// Rows have at most this many values. A multiple of 8, the number of interleaved partial sums.
inline constexpr std::int64_t row_capacity = 64;

template <class T>
struct row_functions {
  void (*forward)(std::int64_t count, const T* const* in, T* out);
  /// d[k] += g * (partial by operand k), for every k with d[k] not null.
  void (*reverse)(std::int64_t count, const T* const* in, const T* out, const T* g, T* const* d);
};

CREDENCE_INLINE bool is_zero(double x) { return x == 0.0; }
CREDENCE_INLINE bool is_zero(float x) { return x == 0.0F; }
template <class T>
CREDENCE_INLINE bool is_zero(const dual<T>& x) {
  return x.value == T(0) && x.tangent == T(0);
}

/// A zero adjoint contributes nothing, whatever the slope: 0 * inf never appears behind a `where`.
template <class T>
CREDENCE_INLINE T guarded(T g, T contribution) {
  return math::select(is_zero(g), T(0), contribution);
}

template <class Op, class T>
void forward_row(std::int64_t count, const T* const* in, T* CREDENCE_RESTRICT out) {
  const T* CREDENCE_RESTRICT a = in[0];
  if constexpr (Op::inputs == 1) {
    for (std::int64_t i = 0; i < count; ++i) out[i] = Op::value(a[i]);
  } else if constexpr (Op::inputs == 2) {
    const T* CREDENCE_RESTRICT b = in[1];
    for (std::int64_t i = 0; i < count; ++i) out[i] = Op::value(a[i], b[i]);
  } else {
    const T* CREDENCE_RESTRICT b = in[1];
    const T* CREDENCE_RESTRICT c = in[2];
    for (std::int64_t i = 0; i < count; ++i) out[i] = Op::value(a[i], b[i], c[i]);
  }
}

template <class Op, class T>
void reverse_row(std::int64_t count, const T* const* in, const T* CREDENCE_RESTRICT out, const T* CREDENCE_RESTRICT g,
                 T* const* d) {
  const T* CREDENCE_RESTRICT a = in[0];
  if constexpr (Op::inputs == 1) {
    if (T* CREDENCE_RESTRICT da = d[0]) {
      for (std::int64_t i = 0; i < count; ++i) da[i] += guarded(g[i], Op::by_a(g[i], a[i], out[i]));
    }
  } else if constexpr (Op::inputs == 2) {
    const T* CREDENCE_RESTRICT b = in[1];
    if (T* CREDENCE_RESTRICT da = d[0]) {
      for (std::int64_t i = 0; i < count; ++i) da[i] += guarded(g[i], Op::by_a(g[i], a[i], b[i], out[i]));
    }
    if (T* CREDENCE_RESTRICT db = d[1]) {
      for (std::int64_t i = 0; i < count; ++i) db[i] += guarded(g[i], Op::by_b(g[i], a[i], b[i], out[i]));
    }
  } else {
    const T* CREDENCE_RESTRICT b = in[1];
    const T* CREDENCE_RESTRICT c = in[2];
    if (T* CREDENCE_RESTRICT da = d[0]) {
      for (std::int64_t i = 0; i < count; ++i) da[i] += guarded(g[i], Op::by_a(g[i], a[i], b[i], c[i], out[i]));
    }
    if (T* CREDENCE_RESTRICT db = d[1]) {
      for (std::int64_t i = 0; i < count; ++i) db[i] += guarded(g[i], Op::by_b(g[i], a[i], b[i], c[i], out[i]));
    }
    if (T* CREDENCE_RESTRICT dc = d[2]) {
      for (std::int64_t i = 0; i < count; ++i) dc[i] += guarded(g[i], Op::by_c(g[i], a[i], b[i], c[i], out[i]));
    }
  }
}

/// The row functions of opcode::negate + k.
template <class T, class List>
struct operation_table;
template <class T, class... Ops>
struct operation_table<T, ops::list<Ops...>> {
  static constexpr row_functions<T> rows[] = {{&forward_row<Ops, T>, &reverse_row<Ops, T>}...};
  static_assert(sizeof...(Ops) == static_cast<int>(opcode::select) - static_cast<int>(opcode::negate) + 1);
};

template <class T>
using all_operations = operation_table<T, ops::all>;

/// What a family needs for rows. Operands are ordered: variate, variate terms, parameters, parameter terms.
template <class T>
struct density_functions {
  int parameters, variate_terms, parameter_terms;
  void (*log_pdf)(std::int64_t count, const T* const* in, T* out);
  /// Also d[0] += g * (partial by the variate), d[1 + k] += g * (partial by parameter k), for those that are wanted
  /// (the index is a wanted_partials); no pointer among them may be null.
  void (*partials[3])(std::int64_t count, const T* const* in, const T* g, T* out, T* const* d);
  /// As partials, with log_pdf = out - log(factor); null where the family has no such form.
  void (*factored[3])(std::int64_t count, const T* const* in, const T* g, T* out, T* factor, T* const* d);
  void (*prepare_variate)(std::int64_t count, const T* const* in, T* const* out);
  void (*prepare_parameters)(std::int64_t count, const T* const* in, T* const* out);
};

/// Arrays of the operands of one element, without a zero-length array where a family has none of a kind.
constexpr int at_least_one(int n) { return n > 0 ? n : 1; }

template <class K, class T>
struct density_rows {
  static constexpr int P = K::parameters, XT = K::variate_terms, PT = K::parameter_terms;
  static_assert(P <= 6 && 1 + XT + P + PT <= max_inputs - 2, "instruction.hpp and the row pools must grow first");

  template <int Count>
  CREDENCE_INLINE static void load(T* to, const T* const* from, std::int64_t i) {
    [&]<int... k>(std::integer_sequence<int, k...>) { ((to[k] = from[k][i]), ...); }
    (std::make_integer_sequence<int, Count>{});
  }
  template <int Count>
  CREDENCE_INLINE static void store(const T* from, T* const* to, std::int64_t i) {
    [&]<int... k>(std::integer_sequence<int, k...>) { ((to[k][i] = from[k]), ...); }
    (std::make_integer_sequence<int, Count>{});
  }

  static void log_pdf(std::int64_t count, const T* const* in, T* CREDENCE_RESTRICT out) {
    const T* const* terms = in + 1;
    const T* const* parameters = terms + XT;
    const T* const* parameter_terms = parameters + P;
#pragma GCC ivdep
    for (std::int64_t i = 0; i < count; ++i) {
      T xt[at_least_one(XT)], p[at_least_one(P)], pt[at_least_one(PT)];
      load<XT>(xt, terms, i);
      load<P>(p, parameters, i);
      load<PT>(pt, parameter_terms, i);
      out[i] = K::log_pdf(in[0][i], xt, p, pt);
    }
  }

  template <wanted_partials Wanted>
  static void partials(std::int64_t count, const T* const* in, const T* CREDENCE_RESTRICT g, T* CREDENCE_RESTRICT out,
                       T* const* d) {
    const T* const* terms = in + 1;
    const T* const* parameters = terms + XT;
    const T* const* parameter_terms = parameters + P;
#pragma GCC ivdep
    for (std::int64_t i = 0; i < count; ++i) {
      T xt[at_least_one(XT)], p[at_least_one(P)], pt[at_least_one(PT)], dp[at_least_one(P)], dx{};
      load<XT>(xt, terms, i);
      load<P>(p, parameters, i);
      load<PT>(pt, parameter_terms, i);
      out[i] = K::partials(in[0][i], xt, p, pt, dx, dp);
      const T weight = g[i];
      if constexpr (Wanted != wanted_partials::first_parameter) d[0][i] += guarded(weight, weight * dx);
      constexpr int used = Wanted == wanted_partials::all ? P : Wanted == wanted_partials::variate ? 0 : 1;
      [&]<int... k>(std::integer_sequence<int, k...>) { ((d[1 + k][i] += guarded(weight, weight * dp[k])), ...); }
      (std::make_integer_sequence<int, used>{});
    }
  }

  /// Duals take the whole: second derivatives are seldom wanted by the million.
  template <wanted_partials Wanted>
  static constexpr wanted_partials or_all =
      std::is_same_v<T, double> && !(Wanted == wanted_partials::first_parameter && P == 0) ? Wanted
                                                                                           : wanted_partials::all;

  template <wanted_partials Wanted>
  static void factored(std::int64_t count, const T* const* in, const T* CREDENCE_RESTRICT g, T* CREDENCE_RESTRICT out,
                       T* CREDENCE_RESTRICT factor, T* const* d) requires has_factored_partials<K> {
    const T* const* terms = in + 1;
    const T* const* parameters = terms + XT;
    const T* const* parameter_terms = parameters + P;
#pragma GCC ivdep
    for (std::int64_t i = 0; i < count; ++i) {
      T xt[at_least_one(XT)], p[at_least_one(P)], pt[at_least_one(PT)], dp[at_least_one(P)], dx{};
      load<XT>(xt, terms, i);
      load<P>(p, parameters, i);
      load<PT>(pt, parameter_terms, i);
      out[i] = K::factored_partials(in[0][i], xt, p, pt, dx, dp, factor[i]);
      const T weight = g[i];
      if constexpr (Wanted == wanted_partials::all) d[0][i] += guarded(weight, weight * dx);
      constexpr int used = Wanted == wanted_partials::all ? P : 1;
      [&]<int... k>(std::integer_sequence<int, k...>) { ((d[1 + k][i] += guarded(weight, weight * dp[k])), ...); }
      (std::make_integer_sequence<int, used>{});
    }
  }

  /// The predictor's partial is always wanted: there is no loop for the variate alone.
  template <wanted_partials Wanted>
  static constexpr auto factored_or_null() -> void (*)(std::int64_t, const T* const*, const T*, T*, T*, T* const*) {
    if constexpr (has_factored_partials<K>) {
      return &factored<or_all<Wanted>>;
    } else {
      return nullptr;
    }
  }

  static void prepare_variate(std::int64_t count, const T* const* in, T* const* out) {
#pragma GCC ivdep
    for (std::int64_t i = 0; i < count; ++i) {
      T xt[at_least_one(XT)];
      K::prepare_variate(in[0][i], xt);
      store<XT>(xt, out, i);
    }
  }

  static void prepare_parameters(std::int64_t count, const T* const* in, T* const* out) {
#pragma GCC ivdep
    for (std::int64_t i = 0; i < count; ++i) {
      T p[at_least_one(P)], pt[at_least_one(PT)];
      load<P>(p, in, i);
      K::prepare_parameters(p, pt);
      store<PT>(pt, out, i);
    }
  }

  static constexpr density_functions<T> functions{
      P,
      XT,
      PT,
      &log_pdf,
      {&partials<wanted_partials::all>, &partials<or_all<wanted_partials::variate>>,
       &partials<or_all<wanted_partials::first_parameter>>},
      {factored_or_null<wanted_partials::all>(), factored_or_null<wanted_partials::all>(),
       factored_or_null<wanted_partials::first_parameter>()},
      &prepare_variate,
      &prepare_parameters};
};

template <class T, class List>
struct density_table;
template <class T, class... Kernels>
struct density_table<T, type_list<Kernels...>> {
  static constexpr const density_functions<T>* rows[] = {&density_rows<Kernels, T>::functions...};
};

}  // namespace credence::detail::CREDENCE_ISA
