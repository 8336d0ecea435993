using MultiExit.Engine.Identity;

namespace MultiExit.Engine.DataPath;

/// <summary>Is told of the logins of one client's connection.</summary>
internal interface ILoginWatch
{
    /// <summary>The client is a user.</summary>
    void LoggedIn(UserIdentity identity);

    /// <summary>Its credentials were wrong, which counts against it; it may lose its connection for that.</summary>
    /// <param name="user">The name it gave, or that its secret belongs to; <c>-</c> where there is none.</param>
    void LoginFailed(string user);

    /// <summary>The back-end's answer to its login cannot be used, which counts against nobody.</summary>
    /// <param name="user">The name it gave; <c>-</c> where there is none.</param>
    /// <param name="reason">What is wrong with the answer.</param>
    void NotJudged(string user, string reason);

    /// <summary>It showed to be a user that may not come in.</summary>
    /// <param name="identity">The user.</param>
    /// <param name="reason">Why, such as <c>has expired</c>.</param>
    void Refused(UserIdentity identity, string reason);
}
