"""Reads event files back with TensorBoard's own package and prints what it found as JSON.

    read_tensorboard.py FOLDER
"""

import json
import os
import sys

from tensorboard.backend.event_processing import event_accumulator
from tensorboard.plugins.hparams import plugin_data_pb2

runs = {}
for place, _, files in sorted(os.walk(sys.argv[1])):
    if not any("tfevents" in name for name in files):
        continue
    events = event_accumulator.EventAccumulator(place)
    events.Reload()
    parts = {}
    for tag, content in events._plugin_to_tag_to_content.get("hparams", {}).items():
        data = plugin_data_pb2.HParamsPluginData.FromString(content)
        if data.HasField("session_start_info"):
            options = data.session_start_info.hparams
            parts["hparams"] = {
                name: getattr(options[name], options[name].WhichOneof("kind")) for name in options
            }
        if data.HasField("session_end_info"):
            parts["status"] = data.session_end_info.status
        if data.HasField("experiment"):
            parts["options"] = [info.name for info in data.experiment.hparam_infos]
            parts["metrics"] = [info.name.tag for info in data.experiment.metric_infos]
    tags = events.Tags()
    scalars = {
        tag: [[event.step, event.value] for event in events.Scalars(tag)]
        for tag in tags["scalars"]
    }
    for tag in tags["tensors"]:
        if tag.startswith("_hparams_"):
            continue
        # New readers turn simple values into tensors.
        scalars[tag] = [
            [event.step, event.tensor_proto.float_val[0]] for event in events.Tensors(tag)
        ]
    runs[os.path.relpath(place, sys.argv[1])] = {**parts, "scalars": scalars}
print(json.dumps(runs))
