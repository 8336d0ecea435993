using System.Net;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Identity;

/// <summary>The users of an inbound as the configuration in force has them: a connection that was accepted before a reload logs in by what holds
/// after it. Thread-safe.</summary>
/// <param name="users">The users.</param>
internal sealed class UsersInForce(UserDirectory users)
{
    // How often a back-end is asked about one login that reloads come in the way of.
    private const int MaxRounds = 3;

    private volatile UserDirectory _now = users;

    /// <summary>The users now.</summary>
    public UserDirectory Now
    {
        get => _now;
        set => _now = value;
    }

    /// <inheritdoc cref="UserDirectory.ByPasswordAsync"/>
    public ValueTask<LoginResult> ByPasswordAsync(
        ReadOnlyMemory<byte> name, ReadOnlyMemory<byte> password, IPAddress client, CancellationToken cancellationToken) =>
        CheckAsync(asked => asked.ByPasswordAsync(name, password, client, cancellationToken));

    /// <inheritdoc cref="UserDirectory.ByTokenAsync"/>
    public ValueTask<LoginResult> ByTokenAsync(ReadOnlyMemory<byte> token, IPAddress client, CancellationToken cancellationToken) =>
        CheckAsync(asked => asked.ByTokenAsync(token, client, cancellationToken));

    private async ValueTask<LoginResult> CheckAsync(Func<UserDirectory, ValueTask<LoginResult>> check)
    {
        for (int round = 1; ; round++)
        {
            UserDirectory asked = _now;
            LoginResult result;
            try
            {
                result = await check(asked).ConfigureAwait(false);
            }
            catch (ProxyException exception) when (exception.Reason == ProxyError.BackEndUnavailable && asked != _now && round < MaxRounds)
            {
                // A reload has taken the back-end away that was being asked.
                continue;
            }
            // A check may take long enough for a reload to take the user away meanwhile.
            if (asked == _now || !result.IsOk) return result;
            if (result.Identity!.BackEndUser is not null)
            {
                if (_now.HasOfBackEnd(result.Identity)) return result;
                if (round < MaxRounds) continue;
                throw new ProxyException(
                    ProxyError.BackEndUnavailable, $"reloads have changed {result.Identity.Source!.Name} {MaxRounds} times during a login");
            }
            UserConfig? before = asked.Find(result.Identity.Name), now = _now.Find(result.Identity.Name);
            if (before == now && _now.StateOf(result.Identity.Name) == LoginOutcome.Ok) return result;
        }
    }
}
