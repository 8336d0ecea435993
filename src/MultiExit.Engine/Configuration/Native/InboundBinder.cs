using System.Net;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads one inbound: the keys of all types here, the keys of its own type by the line of that type.</summary>
/// <param name="names">The names of the configuration.</param>
/// <param name="listeners">The addresses that are listened on.</param>
/// <param name="users">The users.</param>
/// <param name="common">The back-end of the configuration; null: there is none.</param>
/// <param name="isCommonAtFault">Whether there is one that cannot be read.</param>
internal sealed class InboundBinder(NameTable names, ListenTable listeners, UserTableBinder users, AuthConfig? common, bool isCommonAtFault)
{
    /// <summary>Reads an inbound.</summary>
    /// <returns>Null when something that the inbound needs is wrong.</returns>
    public InboundConfig? Read(MapReader reader)
    {
        ReadContext context = reader.Context;
        string[] words = [.. context.Schema.Inbounds.Select(type => type.Word)];
        string? name = NameBinder.Read(reader);
        if (name is not null) names.DeclareInbound(name, reader.Take("name")!.Place);
        ConfigNode? typeNode = reader.Require("type", ErrorText.OneOf(words));
        string? word = typeNode is null ? null : context.Values.Choice(typeNode, words);
        if (word is null) return null;
        InboundType type = context.Schema.Inbound(word)!;
        IPEndPoint? listen = listeners.Read(reader, reader.Require("listen", ListenText.Expected), type.Ports(reader));
        TlsServerConfig? tls = TlsServerBinder.Read(reader, mayAskClients: true);
        bool? allowed = reader.Choice("private_destinations", "allow", "refuse") is { } choice ? choice == "allow" : null;
        IReadOnlyList<IPNetwork> allow = NetworkListBinder.Read(reader, "allow");
        IReadOnlyList<IPNetwork> balancers = ReadBalancers(reader);
        InboundConfig? inbound = type.Read(reader, name ?? "", listen ?? new(IPAddress.Loopback, 0));
        AuthConfig? auth = ReadAuth(reader, type, name);
        IReadOnlyList<UserConfig> accounts = users.ReadInbound(reader, type, auth is not null || isCommonAtFault || (type.HasUsers && reader.Has("auth")));
        if (inbound is not null) inbound = inbound with { Users = accounts, Tls = tls, Auth = auth };
        // Users that have errors of their own are missing here, or will have one.
        if (inbound is not null && context.Errors.Count == 0 && inbound.Users.All(user => user.Credentials.Count > 0 || inbound.WaysIn(user).Any())
            && UserChecks.Problem(inbound) is { } problem)
            context.Errors.Add(reader.Take("users")!.Place, problem);
        if (inbound is not null && name is not null) names.DeclareUsers(name, inbound.Users, auth is not null);
        reader.Finish();
        return inbound is null || name is null || listen is null
            ? null
            : inbound with { PrivateDestinationsAllowed = allowed, Allow = allow, ProxyProtocolFrom = balancers };
    }

    // Its own, or that of the configuration, which is for all its users as `users: all` is.
    private AuthConfig? ReadAuth(MapReader reader, InboundType type, string? name)
    {
        if (type is { HasUsers: false, HasTokens: false }) return null;
        AuthConfig? own = AuthBinder.Read(reader, $"{name}.auth");
        if (own is not null && !type.CanAsk(own))
        {
            reader.Context.Errors.Add(reader.Take("auth")!.Place,
                $"clients of an inbound of the type {type.Word} have tokens; expected `http`, the back-end that can be asked about them");
            return null;
        }
        return own ?? (reader.Take("users") is ScalarNode { Text: "all" } && common is not null && type.CanAsk(common) ? common : null);
    }

    private static IReadOnlyList<IPNetwork> ReadBalancers(MapReader reader)
    {
        if (reader.Map("proxy_protocol", "proxy_protocol of an inbound") is not { } balancers) return [];
        ConfigNode? from = balancers.Require("from", "the networks of the load balancers, such as [10.0.0.0/8]");
        balancers.Finish();
        return from is null ? [] : NetworkListBinder.Read(reader.Context, from);
    }
}
