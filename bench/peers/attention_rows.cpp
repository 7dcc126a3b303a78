// SPDX-License-Identifier: BSD-3-Clause
// Exact attention of standard normal numbers, batch x heads = 1 unless named, beside PyTorch's
// scaled_dot_product_attention. The unit is one useful floating-point operation: 4 N^2 D, half of it when causal,
// 2.5 times it backward.
#include "rows.hpp"

#include "credence/attention/exact.hpp"
#include "credence/random/fill.hpp"

#include <memory>

namespace credence::peers {

namespace {

struct attention_case {
  std::int64_t n, d, heads;
  bool causal, backward;
};

template <class T>
struct attention_data {
  tensor<T> q, k, v;
  attention::options opt;
  attention::result<T> done;

  explicit attention_data(const attention_case& c)
      : q(numbers(c, 1)), k(numbers(c, 2)), v(numbers(c, 3)), opt{.causal = c.causal} {
    done = attention::forward<T>(exec::cpu(1), in(), opt);
  }
  [[nodiscard]] attention::inputs<T> in() const {
    return {q.template view<4>(), k.template view<4>(), v.template view<4>(), {}};
  }
  static tensor<T> numbers(const attention_case& c, std::uint64_t seed) {
    tensor<float> drawn({1, c.heads, c.n, c.d});
    random::fill_normal(rng_key{seed, 0}, drawn.elements());
    tensor<T> out(drawn.shape());
    for (std::int64_t i = 0; i < out.size(); ++i) {
      if constexpr (std::is_same_v<T, bfloat16>) {
        out[i] = to_bfloat16(drawn[i]);
      } else {
        out[i] = static_cast<T>(drawn[i]);
      }
    }
    return out;
  }
};

template <class T>
void add_case(rows& all, const std::string& name, const attention_case& c) {
  all.add(name, [c] {
    const auto data = std::make_shared<attention_data<T>>(c);
    const double operations = 4.0 * static_cast<double>(c.heads * c.n * c.n * c.d) * (c.causal ? 0.5 : 1.0);
    return row{operations * (c.backward ? 2.5 : 1.0), [c, data] {
                 if (c.backward) {
                   const auto g = attention::backward<T>(exec::cpu(1), data->in(), data->opt, data->done,
                                                         data->q.template view<4>());
                   keep(g.q.data());
                 } else {
                   keep(attention::forward<T>(exec::cpu(1), data->in(), data->opt).output.data());
                 }
               }};
  });
}

}  // namespace

void add_attention_rows(rows& all) {
  add_case<float>(all, "attention f32 D64 S2048", {2048, 64, 1, false, false});
  add_case<float>(all, "attention f32 D64 S2048 causal", {2048, 64, 1, true, false});
  add_case<float>(all, "attention f32 D64 S512, 8 heads", {512, 64, 8, false, false});
  add_case<float>(all, "attention f32 D64 S512, 8 heads, causal", {512, 64, 8, true, false});
  add_case<float>(all, "attention f32 D128 S2048", {2048, 128, 1, false, false});
  add_case<bfloat16>(all, "attention bf16 D64 S2048", {2048, 64, 1, false, false});
  add_case<double>(all, "attention f64 D64 S1024", {1024, 64, 1, false, false});
  add_case<float>(all, "attention backward f32 D64 S2048", {2048, 64, 1, false, true});
  add_case<float>(all, "attention backward f32 D64 S2048 causal", {2048, 64, 1, true, true});
}

}  // namespace credence::peers
