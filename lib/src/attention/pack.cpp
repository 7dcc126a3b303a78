// SPDX-License-Identifier: BSD-3-Clause
#include "attention/problem.hpp"

#include "credence/exec/for_each.hpp"

#include <algorithm>

namespace credence::detail {

template <class C>
packed_keys<C> pack_keys(const exec::context& ctx, const attention_problem<C>& p, const tile_kernels<C>& kernels) {
  packed_keys<C> out;
  const int columns = kernels.geometry.columns;
  const std::int64_t tiles = tiles_of(p.keys), heads = p.batch * p.key_heads, length = tiles * tile_size;
  out.d_padded = static_cast<int>(padded(p.d, columns));
  out.dv_padded = static_cast<int>(padded(p.dv, columns));
  out.k_size = length * p.d;
  out.v_size = length * out.dv_padded;
  out.k = workspace<C>(heads * out.k_size);
  out.v = workspace<C>(heads * out.v_size);
  out.odd = workspace<std::uint8_t>(heads * p.keys);
  exec::for_each_task(ctx, heads * tiles, [&](std::int64_t task) {
    const std::int64_t head = task / tiles, tile = task % tiles, b = head / p.key_heads, h = head % p.key_heads;
    const std::int64_t first = tile * tile_size, rows = std::min<std::int64_t>(tile_size, p.keys - first);
    C* k = out.k.data() + head * out.k_size + first * p.d;
    kernels.pack_columns(p.k.rows(b, h, first), rows, static_cast<int>(p.d), k);
    // Whole panels that no key reached: kernels never ask for them.
    kernels.pack_rows(p.v.rows(b, h, first), static_cast<int>(rows), static_cast<int>(p.dv), C(1),
                      out.v.data() + head * out.v_size + first * out.dv_padded, out.odd.data() + head * p.keys + first);
  });
  out.odd_begin.assign(static_cast<std::size_t>(heads), -1);
  std::int64_t odd_heads = 0;
  for (std::int64_t head = 0; head < heads; ++head) {
    const std::uint8_t* odd = out.odd.data() + head * p.keys;
    if (std::find(odd, odd + p.keys, 1) == odd + p.keys) continue;
    out.odd_begin[static_cast<std::size_t>(head)] = odd_heads++ * p.keys * out.dv_padded;
  }
  out.v_rows = workspace<C>(odd_heads * p.keys * out.dv_padded);
  for (std::int64_t head = 0; head < heads; ++head) {
    const std::int64_t at = out.odd_begin[static_cast<std::size_t>(head)];
    if (at < 0) continue;
    kernels.copy_rows(p.v.rows(head / p.key_heads, head % p.key_heads, 0), p.keys, static_cast<int>(p.dv), C(1),
                      out.v_rows.data() + at, p.keys, out.dv_padded);
  }
  return out;
}

template <class C>
tile_head<C> head_of(const attention_problem<C>& p, const packed_keys<C>& packed, std::int64_t b, std::int64_t h) {
  tile_head<C> out;
  const std::int64_t key_head = b * p.key_heads + h / p.group();
  out.batch = b;
  out.head = h;
  out.queries = p.queries_of(b);
  out.keys = p.keys_of(b);
  out.d = static_cast<int>(p.d);
  out.dv = static_cast<int>(p.dv);
  out.d_padded = packed.d_padded;
  out.dv_padded = packed.dv_padded;
  out.k_panels = packed.k.data() + key_head * packed.k_size;
  out.v_panels = packed.v.data() + key_head * packed.v_size;
  out.odd_v = packed.odd.data() + key_head * p.keys;
  const std::int64_t odd = packed.odd_begin[static_cast<std::size_t>(key_head)];
  out.v_rows = odd < 0 ? nullptr : packed.v_rows.data() + odd;
  out.offset = p.opt->query_offset;
  out.before = p.before();
  out.after = p.after();
  if (const attention::block_mask* m = p.opt->blocks; m != nullptr) {
    out.blocks = {m->row_begin.data(), m->columns.data(), m->bits_at.data(), m->bits.data(),
                  m->query_block,      m->key_block,      m->words_per_row()};
  }
  if (p.mask.data() != nullptr) {
    out.mask = p.mask.data() + b * p.mask.stride(0) + h * p.mask.stride(1);
    out.mask_row = p.mask.stride(2);
    out.mask_column = p.mask.stride(3);
  }
  if (p.bias.data() != nullptr) {
    out.bias = p.bias.data() + b * p.bias.stride(0) + h * p.bias.stride(1);
    out.bias_row = p.bias.stride(2);
    out.bias_column = p.bias.stride(3);
  }
  out.score = p.opt->score;
  const attention::dropout& drop = p.opt->drop;
  if (drop.probability > 0.0) {
    out.drop = {true, static_cast<std::uint32_t>(drop.probability * 0x1p32), 1.0 / (1.0 - drop.probability),
                drop.key.split(purpose::dropout, 0, 0, static_cast<std::uint64_t>(b * p.heads + h)), p.keys};
  }
  return out;
}

template <class C>
std::vector<query_tile> list_query_tiles(const attention_problem<C>& p, std::int64_t queries) {
  std::vector<query_tile> out;
  for (std::int64_t first = 0; first < queries;) {
    std::int64_t end = std::min<std::int64_t>(first + tile_size, queries);
    if (const auto* m = p.opt->blocks; m != nullptr) end = std::min(end, (first / m->query_block + 1) * m->query_block);
    out.push_back({first, static_cast<int>(end - first)});
    first = end;
  }
  return out;
}

template packed_keys<float> pack_keys(const exec::context&, const attention_problem<float>&,
                                      const tile_kernels<float>&);
template packed_keys<double> pack_keys(const exec::context&, const attention_problem<double>&,
                                       const tile_kernels<double>&);
template tile_head<float> head_of(const attention_problem<float>&, const packed_keys<float>&, std::int64_t,
                                  std::int64_t);
template tile_head<double> head_of(const attention_problem<double>&, const packed_keys<double>&, std::int64_t,
                                   std::int64_t);
template std::vector<query_tile> list_query_tiles(const attention_problem<float>&, std::int64_t);
template std::vector<query_tile> list_query_tiles(const attention_problem<double>&, std::int64_t);

namespace {

template <class C>
void store_any(dtype type, void* to, const C* from, std::int64_t n) {
  switch (type) {
    case dtype::f64:
      for (std::int64_t i = 0; i < n; ++i) static_cast<double*>(to)[i] = static_cast<double>(from[i]);
      break;
    case dtype::bf16:
      for (std::int64_t i = 0; i < n; ++i) static_cast<bfloat16*>(to)[i] = to_bfloat16(from[i]);
      break;
    case dtype::f16:
      for (std::int64_t i = 0; i < n; ++i) static_cast<float16*>(to)[i] = to_float16(from[i]);
      break;
    default:
      for (std::int64_t i = 0; i < n; ++i) static_cast<float*>(to)[i] = static_cast<float>(from[i]);
  }
}

}  // namespace

void store_row(dtype type, void* to, const float* from, std::int64_t n) { store_any(type, to, from, n); }
void store_row(dtype type, void* to, const double* from, std::int64_t n) { store_any(type, to, from, n); }

}  // namespace credence::detail
