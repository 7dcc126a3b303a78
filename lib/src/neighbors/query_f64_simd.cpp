// SPDX-License-Identifier: BSD-3-Clause
#include "neighbors/query_templates.hpp"

namespace credence::detail::CREDENCE_ISA {

void nearest_in_tree(nearest_task<double>& task) { nearest_with<double>(task); }
void within_radius(range_task<double>& task) { within_with<double>(task); }
void inside_box(box_task<double>& task) { box_with<double>(task); }

}  // namespace credence::detail::CREDENCE_ISA
