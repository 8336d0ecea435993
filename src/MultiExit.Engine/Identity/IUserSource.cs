using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Identity;

/// <summary>Where the users are that the configuration does not have. Outlives reloads that do not change it. Thread-safe.</summary>
internal interface IUserSource : IDisposable
{
    /// <summary>The word for it in what a user logged in with: <c>http</c>, <c>file</c>, <c>ldap</c> or <c>pam</c>.</summary>
    string Type { get; }

    /// <summary>Its name in the configuration: <c>auth</c>, or <c>edge.auth</c> for that of an inbound.</summary>
    string Name { get; }

    /// <summary>Whether it knows users by tokens.</summary>
    bool TakesTokens { get; }

    /// <summary>How long a denial takes, about: another one that takes as long says nothing of who is known here.</summary>
    TimeSpan UsualDenial { get; }

    /// <summary>Asks about a login.</summary>
    /// <param name="question">The login; its secret may be cleared once the call has returned a task.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The user and a key of the credential that it came in with; null: it is denied.</returns>
    /// <exception cref="ProxyException"><see cref="ProxyError.Overloaded"/>: too many wait; <see cref="ProxyError.BackEndUnavailable"/>: there is no
    /// answer; <see cref="ProxyError.AccessRefused"/>: the answer to this login cannot be used, and the message says why.</exception>
    ValueTask<(BackEndUser User, string Credential)?> LogInAsync(BackEndQuestion question, CancellationToken cancellationToken);
}
