using System.Net;

namespace MultiExit.Engine.Takeover;

/// <summary>The failed logins of a client.</summary>
/// <param name="Client">The client.</param>
/// <param name="Count">How many count.</param>
/// <param name="Since">How long ago the first was.</param>
/// <param name="Locked">For how long it is locked out; zero: it is not.</param>
internal sealed record HandedFailures(string Client, int Count, TimeSpan Since, TimeSpan Locked)
{
    /// <summary>The client.</summary>
    public IPAddress? Address => IPAddress.TryParse(Client, out IPAddress? address) ? address : null;
}
