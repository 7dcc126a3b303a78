// SPDX-License-Identifier: BSD-3-Clause
#include "credence/tensor/contraction_plan.hpp"

#include "credence/base/check.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>

namespace credence::detail {

namespace {

/// Axes and strides of a row-major table, checked.
void check_table(const char* where, const table_axes& t) {
  if (static_cast<int>(t.axes.size()) != t.shape.rank()) {
    check::fail_shape(where,
                      "a table names " + std::to_string(t.axes.size()) + " axes, but its shape is " + to_text(t.shape));
  }
  for (std::size_t d = 1; d < t.axes.size(); ++d) {
    if (std::find(t.axes.begin(), t.axes.begin() + static_cast<std::ptrdiff_t>(d), t.axes[d]) !=
        t.axes.begin() + static_cast<std::ptrdiff_t>(d)) {
      check::fail_shape(where, "axis " + std::to_string(t.axes[d]) + " is named twice in one table");
    }
  }
}

void row_major_strides(const tensor_shape& shape, std::int64_t* strides) {
  std::int64_t stride = 1;
  for (int d = shape.rank() - 1; d >= 0; --d) {
    strides[d] = stride;
    stride *= shape[d];
  }
}

/// One axis of the joint table.
struct joint_axis {
  int id;
  std::int64_t extent;
  std::int64_t stride[3] = {0, 0, 0};
  bool eliminated = false;
};

std::vector<joint_axis> join(const char* where, const table_axes& a, const table_axes* b) {
  check_table(where, a);
  std::int64_t strides[tensor_shape::max_rank];
  row_major_strides(a.shape, strides);
  std::vector<joint_axis> joint;
  joint.reserve(a.axes.size() + (b != nullptr ? b->axes.size() : 0));
  for (int d = 0; d < a.shape.rank(); ++d) {
    joint.push_back({a.axes[static_cast<std::size_t>(d)], a.shape[d], {0, strides[d], 0}});
  }
  if (b == nullptr) return joint;
  check_table(where, *b);
  row_major_strides(b->shape, strides);
  for (int d = 0; d < b->shape.rank(); ++d) {
    const int id = b->axes[static_cast<std::size_t>(d)];
    const int at = position_of(a.axes, id);
    if (at < 0) {
      joint.push_back({id, b->shape[d], {0, 0, strides[d]}});
      continue;
    }
    joint_axis& shared = joint[static_cast<std::size_t>(at)];
    if (shared.extent != b->shape[d]) {
      check::fail_shape(where, "axis " + std::to_string(id) + " has size " + std::to_string(shared.extent) +
                                   " in one table, but size " + std::to_string(b->shape[d]) + " in another");
    }
    shared.stride[2] = strides[d];
  }
  return joint;
}

bool unit_or_repeated(const loop_nest<3>& nest) {
  const auto& stride = nest.stride[nest.rank - 1];
  return stride[1] >= 0 && stride[1] <= 1 && stride[2] >= 0 && stride[2] <= 1;
}

/// The innermost loop should be long and read neighbours.
bool choose_inner_kept(const loop_nest<3>& kept, const loop_nest<3>& reduced) {
  if (reduced.rank == 0) return true;
  if (kept.rank == 0) return false;
  const std::int64_t kept_extent = kept.extent[kept.rank - 1], reduced_extent = reduced.extent[reduced.rank - 1];
  const bool kept_good = unit_or_repeated(kept), reduced_good = unit_or_repeated(reduced);
  if (kept_good != reduced_good) return kept_good ? kept_extent >= 4 || reduced_extent < 16 : reduced_extent < 4;
  return kept_extent >= 8 || kept_extent >= reduced_extent;
}

}  // namespace

int position_of(const std::vector<int>& axes, int axis) {
  const auto found = std::find(axes.begin(), axes.end(), axis);
  return found == axes.end() ? -1 : static_cast<int>(found - axes.begin());
}

contraction_plan plan_contraction(const char* where, const table_axes& a, const table_axes* b,
                                  const std::vector<int>& eliminated) {
  std::vector<joint_axis> joint = join(where, a, b);
  for (const int id : eliminated) {
    const auto found = std::find_if(joint.begin(), joint.end(), [&](const joint_axis& j) { return j.id == id; });
    if (found == joint.end() || found->eliminated) {
      check::fail_shape(where, "axis " + std::to_string(id) + " is to be eliminated, but " +
                                   (found == joint.end() ? "is in no table" : "is named twice"));
    }
    found->eliminated = true;
  }
  contraction_plan plan;
  plan.axes.reserve(joint.size());
  for (const joint_axis& axis : joint) {
    if (axis.eliminated) continue;
    plan.axes.push_back(axis.id);
    plan.shape.push_back(axis.extent);
  }
  std::int64_t strides[tensor_shape::max_rank];
  row_major_strides(plan.shape, strides);
  int kept_axes = 0;
  for (joint_axis& axis : joint) {
    if (axis.eliminated) {
      plan.nest.reduced.add(axis.extent, axis.stride);
    } else {
      axis.stride[0] = strides[kept_axes++];
      plan.nest.kept.add(axis.extent, axis.stride);
    }
  }
  plan.nest.inner_is_kept = choose_inner_kept(plan.nest.kept, plan.nest.reduced);
  return plan;
}

void strides_in_order(const char* where, const table_axes& a, const std::vector<int>& order, tensor_shape& shape,
                      std::int64_t* strides) {
  check_table(where, a);
  std::int64_t own[tensor_shape::max_rank];
  row_major_strides(a.shape, own);
  shape = tensor_shape{};
  for (std::size_t d = 0; d < order.size(); ++d) {
    const int at = position_of(a.axes, order[d]);
    if (at < 0 || order.size() != a.axes.size()) {
      check::fail_shape(where, "the order must name the axes of the table, each once");
    }
    shape.push_back(a.shape[at]);
    strides[d] = own[at];
  }
  check_table(where, {order, shape});
}

namespace {

std::map<int, std::int64_t> sizes_of(const char* where, const std::vector<table_axes>& factors) {
  std::map<int, std::int64_t> sizes;
  for (const table_axes& factor : factors) {
    check_table(where, factor);
    for (int d = 0; d < factor.shape.rank(); ++d) {
      const int id = factor.axes[static_cast<std::size_t>(d)];
      const auto [entry, fresh] = sizes.emplace(id, factor.shape[d]);
      if (!fresh && entry->second != factor.shape[d]) {
        check::fail_shape(where, "axis " + std::to_string(id) + " has size " + std::to_string(entry->second) +
                                     " in one table, but size " + std::to_string(factor.shape[d]) + " in another");
      }
    }
  }
  return sizes;
}

void check_known(const char* where, const char* list, const std::vector<int>& axes,
                 const std::map<int, std::int64_t>& sizes, std::set<int>& named) {
  for (const int axis : axes) {
    if (!sizes.contains(axis)) check::fail_domain(where, list, std::int64_t{axis}, "an axis of some factor");
    if (!named.insert(axis).second)
      check::fail_domain(where, list, std::int64_t{axis}, "named once, kept or eliminated");
  }
}

/// Merges the scopes that hold the axis and takes the axis out.
void eliminate(std::vector<std::set<int>>& scopes, int axis) {
  std::set<int> merged;
  std::erase_if(scopes, [&](const std::set<int>& scope) {
    if (!scope.contains(axis)) return false;
    merged.insert(scope.begin(), scope.end());
    return true;
  });
  merged.erase(axis);
  scopes.push_back(std::move(merged));
}

/// Size of the table that eliminating the axis leaves, as a double: it may be beyond any integer.
double size_after(const std::vector<std::set<int>>& scopes, int axis, const std::map<int, std::int64_t>& sizes) {
  std::set<int> merged;
  for (const std::set<int>& scope : scopes) {
    if (scope.contains(axis)) merged.insert(scope.begin(), scope.end());
  }
  merged.erase(axis);
  double size = 1.0;
  for (const int other : merged) size *= static_cast<double>(sizes.at(other));
  return size;
}

}  // namespace

std::vector<int> all_axes(const char* where, const std::vector<table_axes>& factors) {
  std::vector<int> axes;
  for (const auto& [axis, size] : sizes_of(where, factors)) axes.push_back(axis);
  return axes;
}

std::vector<int> elimination_order(const char* where, const std::vector<table_axes>& factors,
                                   const std::vector<int>& keep, const std::vector<int>& order) {
  const std::map<int, std::int64_t> sizes = sizes_of(where, factors);
  std::set<int> named;
  check_known(where, "keep", keep, sizes, named);
  check_known(where, "order", order, sizes, named);
  std::vector<int> complete = order;
  if (named.size() == sizes.size()) return complete;
  std::vector<std::set<int>> scopes;
  for (const table_axes& factor : factors) scopes.emplace_back(factor.axes.begin(), factor.axes.end());
  for (const int axis : order) eliminate(scopes, axis);
  while (named.size() < sizes.size()) {
    int best = 0;
    double best_size = __builtin_inf();
    bool found = false;
    for (const auto& [axis, size] : sizes) {
      if (named.contains(axis)) continue;
      const double left = size_after(scopes, axis, sizes);
      if (!found || left < best_size) best = axis, best_size = left, found = true;
    }
    eliminate(scopes, best);
    named.insert(best);
    complete.push_back(best);
  }
  return complete;
}

}  // namespace credence::detail
