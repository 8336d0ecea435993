using System.Collections.Frozen;
using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.DataPath;

namespace MultiExit.Engine.Routing;

/// <summary>Where users may go: <c>allow</c> and <c>deny</c> of users. Immutable.</summary>
internal sealed class UserPolicies
{
    private readonly FrozenDictionary<(string Inbound, string User), UserPolicy> _policies;

    public UserPolicies(GatewayConfig config)
    {
        Dictionary<(string, string), UserPolicy> policies = [];
        // A user that several inbounds have in common is prepared once.
        Dictionary<UserConfig, UserPolicy> made = new(ReferenceEqualityComparer.Instance);
        foreach (InboundConfig inbound in config.Inbounds)
        {
            foreach (UserConfig user in inbound.Users.Where(user => user.Allow is not null || user.Deny is not null))
            {
                if (!made.TryGetValue(user, out UserPolicy? policy)) made[user] = policy = new UserPolicy(user);
                policies[(inbound.Name, user.Name)] = policy;
            }
        }
        _policies = policies.ToFrozenDictionary();
    }

    /// <summary>The policy of the user of a request; null for none.</summary>
    public UserPolicy? Of(RequestInfo request) =>
        _policies.Count == 0 || request.User is null ? null : _policies.GetValueOrDefault((request.Inbound, request.User));
}
