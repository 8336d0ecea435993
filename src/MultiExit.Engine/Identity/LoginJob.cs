using System.Net;
using MultiExit.Engine.Hashing;

namespace MultiExit.Engine.Identity;

/// <summary>A login that waits for its hash.</summary>
/// <param name="hash">The hash of the user.</param>
/// <param name="key">The keyed hash of both.</param>
/// <param name="password">The password; the job's own copy.</param>
/// <param name="client">Whose turn it takes.</param>
/// <param name="since">When it came (<see cref="TimeProvider.GetTimestamp"/>).</param>
internal sealed class LoginJob(PasswordHash hash, string key, byte[] password, IPAddress client, long since)
    : QueuedLogin<bool>(key, password, client, since)
{
    public PasswordHash Hash => hash;
}
