using MultiExit.Engine.Configuration.Native;

namespace MultiExit.Engine.Configuration;

/// <summary>What is known of the types of inbounds by their words.</summary>
public static class InboundTypes
{
    /// <summary>Whether inbounds of a type have users, who log in with a name and a password.</summary>
    /// <param name="type">The value of <c>type</c>.</param>
    /// <returns>False for a type that there is not, too.</returns>
    public static bool HasUsers(string type) => ConfigSchema.Product.Inbound(type)?.HasUsers == true;
}
