"""The settings in force. They are changed in the file, by whoever may write it: here they are only shown."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from facegate.config import load
from facegate.console import settings
from facegate.console.navigation import Entry
from facegate.console.site import Site
from facegate.errors import ConfigError
from facegate.jobs.lifecycle import REVIEWERS

NAV = Entry("Settings", "/settings", 80, REVIEWERS)


def routes(site: Site) -> list[BaseRoute]:
    def show(request: Request) -> Response:
        """As the file says it now, as the gateways read it when it changes; the console itself at its start only."""
        site.needs(request, *REVIEWERS)
        config, mistake = site.config, ""
        try:
            config = load(config.source, **dict(site.overrides))
            sections = settings.sections(config, site.overrides)
        except ConfigError as error:
            mistake, sections = str(error), {}
        return site.render(
            request,
            "settings.html",
            sections=sections,
            mistake=mistake,
            source=config.source,
            versions=settings.versions(config),
            changed=config.console != site.config.console,
        )

    return [Route("/settings", show)]
