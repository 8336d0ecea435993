using System.Net;
using MultiExit.Engine.Configuration.Exits;

namespace MultiExit.Engine.DataPath;

/// <summary>The name of the unit that a group binds.</summary>
internal static class BindingKey
{
    /// <summary>The client's address, the user's name or the name of the session, marked so that no two kinds are ever equal; empty for a
    /// connection by itself. A request without a session counts as its user's, one without a user as its client's.</summary>
    public static string Of(BindingUnit unit, DialContext context)
    {
        if (unit == BindingUnit.Connection || context.Request is not { } request) return "";
        // Together with the user: no client can use another user's session name to follow or move that session.
        if (unit == BindingUnit.Header && request.Session is { } session) return $"session {session} of {request.User ?? "anybody"}";
        if (unit is BindingUnit.User or BindingUnit.Header && request.User is { } user) return "user " + user;
        IPAddress address = request.Client.Address;
        return "client " + (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }

    /// <summary>Whether <see cref="Of"/> is the name that a real request would have.</summary>
    /// <param name="unit">What is bound.</param>
    /// <param name="context">On whose behalf.</param>
    /// <param name="clientKnown">Whether the client in the context is known, or stands for any.</param>
    public static bool IsKnown(BindingUnit unit, DialContext context, bool clientKnown) => clientKnown || unit switch
    {
        BindingUnit.Client => false,
        BindingUnit.User => context.Request?.User is not null,
        BindingUnit.Header => context.Request?.Session is not null,
        _ => true,
    };
}
