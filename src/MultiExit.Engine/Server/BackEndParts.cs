using MultiExit.Engine.BackEnds;
using MultiExit.Engine.Configuration.Auth;
using MultiExit.Engine.Diagnostics;
using MultiExit.Engine.Identity;

namespace MultiExit.Engine.Server;

/// <summary>What back-ends are made with.</summary>
/// <param name="Connect">Connects to their servers.</param>
/// <param name="Passwords">Computes hashes.</param>
/// <param name="Time">The clock.</param>
internal sealed record BackEndParts(BackEndConnect Connect, PasswordVerifier Passwords, TimeProvider Time)
{
    /// <summary>The log; null: none.</summary>
    public EngineLog? Log { get; init; }

    /// <summary>Called with each answer, or what came in its place, and how long it took.</summary>
    public Action<AuthConfig, BackEndVerdict, TimeSpan>? Asked { get; init; }

    /// <summary>Says why a user cannot be one here; null: it can.</summary>
    public Func<BackEndUser, string?>? Check { get; init; }

    /// <summary>Called with the key of a credential that had been good and is no more.</summary>
    public Action<string>? TakenBack { get; init; }
}
