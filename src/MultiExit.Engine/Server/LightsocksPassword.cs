using MultiExit.Engine.Protocols.Lightsocks;

namespace MultiExit.Engine.Server;

/// <summary>Passwords of Lightsocks.</summary>
public static class LightsocksPassword
{
    /// <summary>Makes one: a permutation that is drawn at random.</summary>
    /// <returns>344 characters of base64, the text for the key <c>password</c> of a lightsocks inbound or exit. It is secret, and protects nothing.</returns>
    public static string Generate() => LightsocksTable.Generate();
}
