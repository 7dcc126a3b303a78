// SPDX-License-Identifier: BSD-3-Clause
#include "neighbors/query_templates.hpp"

namespace credence::detail::CREDENCE_ISA {

void nearest_in_tree(nearest_task<float>& task) { nearest_with<float>(task); }
void within_radius(range_task<float>& task) { within_with<float>(task); }
void inside_box(box_task<float>& task) { box_with<float>(task); }

}  // namespace credence::detail::CREDENCE_ISA
