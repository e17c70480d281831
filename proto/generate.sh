#!/bin/sh
# Generates the Python of the contract beside the protos. With --check, fails when what is committed is not current.
# PYTHON names an interpreter that has grpcio-tools and mypy-protobuf.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=$(command -v "${PYTHON:-python3}") || { echo "no such interpreter: ${PYTHON:-python3}" >&2; exit 2; }
case $python in /*) ;; *) python=$(pwd)/$python ;; esac
bin=$(dirname "$python")

generate() { # into the directory $1
    cd "$here"
    PATH="$bin:$PATH" "$python" -m grpc_tools.protoc --proto_path=. \
        --python_out="$1" --pyi_out="$1" --grpc_python_out="$1" --mypy_grpc_out=quiet:"$1" onebox/v1/*.proto
    # A file without a service has no use for a gRPC module.
    for proto in onebox/v1/*.proto; do
        grep -q '^service ' "$proto" || rm -f "$1/${proto%.proto}_pb2_grpc.py" "$1/${proto%.proto}_pb2_grpc.pyi"
    done
}

case ${1:-} in
    "") generate "$here" ;;
    --check)
        fresh=$(mktemp -d)
        trap 'rm -rf "$fresh"' EXIT
        generate "$fresh"
        cp "$here"/onebox/v1/__init__.py "$fresh/onebox/v1/"
        if ! diff -r -x '*.proto' -x __pycache__ "$here/onebox/v1" "$fresh/onebox/v1"; then
            echo "the generated code in proto/onebox/v1 is not current: run 'make proto' and commit what changes" >&2
            exit 1
        fi ;;
    *) echo "usage: generate.sh [--check]" >&2; exit 2 ;;
esac
