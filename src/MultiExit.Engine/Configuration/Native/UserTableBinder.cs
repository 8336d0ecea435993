using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the users: the table of the configuration, and which of them an inbound has. The table has to be read before.</summary>
internal sealed class UserTableBinder
{
    private const string Expected =
        "\"all\", a list of names of the users in `users`, or users of this inbound alone as { name: { password: secret } }; "
        + "leave the key out to serve anybody";

    private readonly Dictionary<string, (UserConfig? User, SourcePlace Place)> _table = new(StringComparer.Ordinal);
    private readonly List<UserLimits> _limits = [];
    private readonly List<UserConfig> _users = [];
    private readonly Dictionary<string, SourcePlace> _bare = new(StringComparer.Ordinal);

    /// <summary>The limits that stand at users.</summary>
    public IReadOnlyList<UserLimits> Limits => _limits;

    /// <summary>Reads the table.</summary>
    public IReadOnlyList<UserConfig> ReadTable(MapReader root)
    {
        if (root.Take("users") is not { } node) return _users;
        if (node is not MapNode map)
        {
            root.Context.Values.Expect(node, "users as { name: { password: secret } }", mayBeSecret: true);
            return _users;
        }
        foreach (MapEntry entry in map.Entries)
        {
            UserConfig? user = ReadUser(entry, forHttp: false, root.Context);
            _table[entry.Key] = (user, entry.KeyPlace);
            if (user is not null) _users.Add(user);
        }
        return _users;
    }

    /// <summary>Reads <c>users</c> of an inbound.</summary>
    /// <param name="inbound">The inbound.</param>
    /// <param name="type">Its type.</param>
    /// <param name="hasBackEnd">Whether there are users beside these.</param>
    public IReadOnlyList<UserConfig> ReadInbound(MapReader inbound, InboundType type, bool hasBackEnd)
    {
        ReadContext context = inbound.Context;
        if (inbound.Take("users") is not { } node) return [];
        IReadOnlyList<UserConfig> users = node switch
        {
            ScalarNode { Text: "all" } => _users,
            ListNode { Items.Count: > 0 } list => ReadNames(list, context),
            MapNode { Entries.Count: > 0 } map => ReadOwn(map, type, context),
            _ => [],
        };
        if (node is ScalarNode { Text: "all" } && _table.Count == 0)
        {
            if (!hasBackEnd) context.Errors.Add(node.Place, "there are no users; expected them in the top-level `users`, as { name: { password: secret } }");
        }
        else if (node is not (ScalarNode { Text: "all" } or ListNode { Items.Count: > 0 } or MapNode { Entries.Count: > 0 }))
            context.Values.Expect(node, Expected, mayBeSecret: true);
        // Names that stand in the mapping of the inbound have been looked at.
        else if (type.ColonEndsUser && node is not MapNode && users.FirstOrDefault(user => user.Name.Contains(':', StringComparison.Ordinal)) is { } colon)
        {
            context.Errors.Add(node.Place,
                $"the user {ErrorText.Quote(colon.Name)} cannot log in over HTTP, where a colon ends the name; name the others in a list");
        }
        return users;
    }

    /// <summary>Checks that each user is known by something. The inbounds have to be read before.</summary>
    public void CheckCredentials(IReadOnlyList<InboundConfig> inbounds, ErrorList errors)
    {
        HashSet<string> named = [.. inbounds.Where(inbound => inbound.Tls?.Clients?.UserFrom is not null)
            .SelectMany(inbound => inbound.Users).Select(user => user.Name)];
        foreach (SourcePlace place in _bare.Where(user => !named.Contains(user.Key)).Select(user => user.Value))
        {
            errors.Add(place,
                "missing; a user needs a secret, `password_hash`, `keys`, `tokens`, `psks`, `certificate` or `networks` to be known by, or an inbound "
                + "with `tls.clients.user_from`");
        }
    }

    private List<UserConfig> ReadNames(ListNode list, ReadContext context)
    {
        List<UserConfig> users = [];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (ConfigNode item in list.Items)
        {
            if (context.Values.Text(item, "the name of a user in `users`") is not { } name) continue;
            if (!seen.Add(name)) context.Errors.Add(item.Place, "the user stands in the list twice; expected it once");
            else if (_table.TryGetValue(name, out (UserConfig? User, SourcePlace Place) known)) users.AddRange(known.User is { } user ? [user] : []);
            else AddUnknown(item, name, context);
        }
        return users;
    }

    private List<UserConfig> ReadOwn(MapNode map, InboundType type, ReadContext context)
    {
        List<UserConfig> users = [];
        foreach (MapEntry entry in map.Entries)
        {
            if (_table.TryGetValue(entry.Key, out (UserConfig? User, SourcePlace Place) known))
            {
                context.Errors.Add(entry.KeyPlace,
                    $"the user stands in the top-level `users`, in line {known.Place.Line}; expected `all` or a list of names here");
            }
            if (ReadUser(entry, type.ColonEndsUser, context) is not { } user) continue;
            users.Add(user);
            // Of a user that other inbounds have too, they count there.
            if (type.Record == typeof(TunnelInboundConfig) && user.Networks.Count > 0)
                context.Errors.Add(entry.KeyPlace, "`networks` of a user of a tunnel alone: a tunnel knows nobody by the address; expected `keys`");
        }
        return users;
    }

    private UserConfig? ReadUser(MapEntry entry, bool forHttp, ReadContext context)
    {
        UserConfig? user = UserBinder.Read(entry, forHttp, context, out UserLimits? limits, out SourcePlace? bare);
        if (limits is not null) _limits.Add(limits);
        if (bare is { } place && user is not null) _bare.TryAdd(user.Name, place);
        return user;
    }

    private void AddUnknown(ConfigNode item, string name, ReadContext context)
    {
        if (context.Errors.IsFull) return;
        string? near = EditDistance.Nearest(name, _table.Keys);
        context.Errors.Add(item.Place,
            $"there is no user {ErrorText.Quote(name)} in the top-level `users`" + (near is null ? "" : $"; did you mean \"{near}\"?"));
    }
}
