using System.Net;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Exits;

namespace MultiExit.Engine.Balancing;

/// <summary>The name of the unit that a group binds.</summary>
internal static class BindingKey
{
    /// <summary>The client's address or the user's name, marked so that they never meet; empty for a connection by itself.
    /// A request without a user counts as its client's.</summary>
    public static string Of(BindingUnit unit, DialContext context)
    {
        if (unit == BindingUnit.Connection || context.Request is not { } request) return "";
        if (unit == BindingUnit.User && request.User is { } user) return "user " + user;
        IPAddress address = request.Client.Address;
        return "client " + (address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
    }
}
