"""What the gate changes in mitmproxy's own layers, below the hooks: the second wall.

Hooks can be skipped, raise, or come too late. What stands here is in the layers that write to the socket, so that none
of mitmproxy's own paths (error pages, streams, raw relays) can carry an unlooked-at byte. `install` puts it in place
and refuses to do so in a mitmproxy whose insides it does not know.
"""

from facegate_addons.wire.bare import import_bare

import_bare()
