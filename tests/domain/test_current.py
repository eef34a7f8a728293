import asyncio

from facegate_addons.domain import current


async def test_each_task_has_its_own() -> None:
    async def does(name: str) -> str:
        current.request.set(name)
        await asyncio.sleep(0)
        return current.request.get()

    assert await asyncio.gather(does("a"), does("b")) == ["a", "b"]
    assert current.request.get() == ""
