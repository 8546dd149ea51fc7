# 矿灯 Kuangdeng. Two commands are enough: `make demo` to look at it, `make test` to prove it.
.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo serve test check fix messages bench lock clean
SHELL := /bin/sh
BIN := .venv/bin

help: ## 列出所有命令 · list all targets
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## 安装运行环境并构建界面 · environment from the lock, front end built
	@scripts/setup.sh

setup-dev: ## 另装开发与测试工具 · the same plus the tools of the gate
	@scripts/setup.sh --dev

demo: setup ## 启动演示矿（数据库、网页、后台任务） · run the demo mine; Ctrl-C stops all of it
	@KUANGDENG_DIE_WITH_PARENT=1 exec $(BIN)/kuangdeng demo $(ARGS)

serve: setup ## 启动本矿系统（不装演示数据） · run an empty or existing mine
	@KUANGDENG_DIE_WITH_PARENT=1 exec $(BIN)/kuangdeng serve --with-worker $(ARGS)

test: ## 安装所需并运行全部检查和测试 · install what is needed and run everything
	@scripts/setup.sh --dev --browser
	@exec $(BIN)/python -m pytest -n $${KUANGDENG_TEST_WORKERS:-2} $(ARGS)

check: setup-dev ## 格式、代码规范、类型、分层契约 · format, lint, types, contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	@if [ -d frontend ]; then scripts/frontend.sh check; fi

fix: setup-dev ## 自动整理格式 · format and fix what can be fixed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: setup ## 收集界面文字，更新英文译文表 · collect the interface's texts into the English catalogue
	@$(BIN)/python scripts/messages.py extract

bench: setup ## 性能测量（bench/） · speed, printed as ratios from one run
	@exec $(BIN)/python bench/hazards.py $(ARGS)

lock: ## 重写依赖锁定文件（需要 uv） · write the lock files again; ARGS=--upgrade for newer versions
	@scripts/lock.sh $(ARGS)

clean: ## 删除环境和构建结果（不动 data） · remove environment and builds, never the data
	rm -rf .venv frontend/node_modules kuangdeng/web/static/build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
