using System.Net;
using MultiExit.Engine.Configuration.Inbounds;

namespace MultiExit.Engine.Identity;

/// <summary>The users of an inbound as the configuration in force has them: a connection that was accepted before a reload logs in by what holds
/// after it. Thread-safe.</summary>
/// <param name="users">The users.</param>
internal sealed class UsersInForce(UserDirectory users)
{
    private volatile UserDirectory _now = users;

    /// <summary>The users now.</summary>
    public UserDirectory Now
    {
        get => _now;
        set => _now = value;
    }

    /// <inheritdoc cref="UserDirectory.ByPasswordAsync"/>
    public async ValueTask<LoginResult> ByPasswordAsync(
        ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> password, IPAddress client, CancellationToken cancellationToken)
    {
        while (true)
        {
            UserDirectory asked = _now;
            LoginResult result = await asked.ByPasswordAsync(name, password, client, cancellationToken).ConfigureAwait(false);
            // A check may take long enough for a reload to take the user away meanwhile.
            if (asked == _now || !result.IsOk) return result;
            UserConfig? before = asked.Find(result.Identity!.Name), now = _now.Find(result.Identity.Name);
            if (before == now && _now.StateOf(result.Identity.Name) == LoginOutcome.Ok) return result;
        }
    }
}
