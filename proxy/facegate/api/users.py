"""/users and /me: who was added, and who asks."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends

from facegate.api.auth import Caller, caller, needs
from facegate.api.models import Me, NewUser, UserAdded, Users
from facegate.api.openapi import body_refusals, refusals
from facegate.api.service import Service
from facegate.state import users

Reader = Annotated[Caller, Depends(needs("users:read"))]
Writer = Annotated[Caller, Depends(needs("users:write"))]


def routes(service: Service) -> APIRouter:
    router = APIRouter(tags=["users"])

    @router.get("/users", operation_id="list_users", responses=refusals())
    def list_users(by: Reader) -> Users:
        return Users.model_validate({"users": [asdict(it) for it in users.list_users(service.database)]})

    @router.post(
        "/users",
        operation_id="add_user",
        status_code=201,
        response_model_exclude_unset=True,
        responses=body_refusals(409),
    )
    def add_user(by: Writer, body: NewUser) -> UserAdded:
        """Without a password one is made up, and shown this once."""
        made = users.generate_password() if body.password is None else None
        users.add(service.database, service.ledger, body.name, body.role, made or body.password or "", by.actor)
        return UserAdded.model_validate({"name": body.name, "role": body.role, **({"password": made} if made else {})})

    @router.get("/me", operation_id="who_am_i", responses=refusals())
    def who_am_i(by: Annotated[Caller, Depends(caller)]) -> Me:
        it = by.token
        may = [scope for scope in it.scopes if it.may(scope)]
        facts = {"name": it.user, "role": it.role, "scopes": may, "token": it.id, "expires": it.expires}
        return Me.model_validate(facts)

    return router
