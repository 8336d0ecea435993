using System.Net;
using MultiExit.Engine.DataPath;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Diagnostics;

/// <content>What clients cause, and what becomes of it.</content>
internal sealed partial class EngineLog
{
    public void PeerFault(string inbound, IPEndPoint client, string reason)
    {
        if (!_gate.TryPass("MX2000", client)) return;
        Main.Warning("MX2000 inbound {Inbound}: {Client} broke the protocol: {Reason}", inbound, client, LogText.Clean(reason));
    }

    public void HandshakeTimedOut(string inbound, IPEndPoint client)
    {
        if (!_gate.TryPass("MX2001", client)) return;
        Main.Warning("MX2001 inbound {Inbound}: {Client} did not finish its handshake in time", inbound, client);
    }

    public void LimitReached(string inbound, IPEndPoint client, string limit)
    {
        if (!_gate.TryPass("MX2002", client)) return;
        Main.Warning("MX2002 inbound {Inbound}: {Client} closed: {Limit}", inbound, client, limit);
    }

    public void LoginNotChecked(string inbound, IPEndPoint client)
    {
        if (!_gate.TryPass("MX1093", client)) return;
        Main.Warning("MX1093 inbound {Inbound}: {Client} was not let in: more logins wait than passwords are checked in time", inbound, client);
    }

    public void LoginNotAsked(string inbound, IPEndPoint client)
    {
        if (!_gate.TryPass("MX3013", client)) return;
        Main.Warning("MX3013 inbound {Inbound}: {Client} was not let in: the back-end that knows its user does not answer", inbound, client);
    }

    public void NoProxyHeader(string inbound, IPEndPoint balancer, string reason)
    {
        if (!_gate.TryPass("MX1094", balancer)) return;
        Main.Warning("MX1094 inbound {Inbound}: {Balancer} is in `proxy_protocol.from` and did not begin with a PROXY header: {Reason}",
            inbound, balancer, LogText.Clean(reason));
    }

    public void ClientGone(string inbound, IPEndPoint client, string reason) =>
        Main.Debug("MX2003 inbound {Inbound}: {Client} went away: {Reason}", inbound, client, LogText.Clean(reason));

    public void NotLetIn(string inbound, IPEndPoint client, string reason)
    {
        if (!_gate.TryPass("MX2004", client)) return;
        Main.Warning("MX2004 inbound {Inbound}: {Client} was not let in: {Reason}", inbound, client, LogText.Clean(reason));
    }

    public void ClockApart(string inbound, IPEndPoint client, UInt128 seconds)
    {
        if (!_gate.TryPass("MX1110", client)) return;
        Main.Warning("MX1110 inbound {Inbound}: {Client} knows the key, but its clock and that of this host are {Seconds} s apart, and 30 s are "
            + "allowed: set the clocks right; if they are right, somebody repeats an old request", inbound, client, (double)seconds);
    }

    public void CertificateRefused(string inbound, IPEndPoint client, string reason)
    {
        if (!_gate.TryPass("MX1084", client)) return;
        Main.Warning("MX1084 inbound {Inbound}: {Client} was not let in: {Reason}", inbound, client, LogText.Clean(reason));
    }

    public void CertificateCut(string certificate, string reason, int sessions) =>
        Main.Warning("MX1086 a certificate is not taken any more, {Reason}, which cuts its sessions ({Sessions}): {Certificate}", reason, sessions,
            LogText.Clean(certificate));

    /// <summary>Reports how many messages were left out because they came too fast.</summary>
    /// <param name="all">Whether those of the last moment are reported too.</param>
    public void SayLeftOut(bool all = false)
    {
        foreach ((string id, long count, TimeSpan within) in _gate.Take(all))
            Main.Warning("MX2006 messages {Id} were left out, as too many came within {Seconds:0} s: {Count}", id, within.TotalSeconds, count);
    }

    public void CarriedSessionEnded(string inbound, IPEndPoint client, string reason) =>
        Main.Warning("MX2005 inbound {Inbound}: {Client}: {Reason}", inbound, client, LogText.Clean(reason));

    /// <summary>Logged when a client uses a key other than the first; shows who would be locked out if that key were removed.</summary>
    /// <param name="inbound">The inbound.</param>
    /// <param name="client">The client.</param>
    /// <param name="what">A key or a token.</param>
    /// <param name="index">Its place in the list, from 1 on: the first is not reported.</param>
    public void OlderSecretUsed(string inbound, IPEndPoint client, string what, int index) =>
        Main.Information("MX2020 inbound {Inbound}: {Client} came in with {What}[{Index}], not with the first one", inbound, client, what, index);

    public void MonthDoubted(string month) =>
        Main.Warning(
            "MX2023 the clock says {Month}, but the time until then has not passed: the month's use goes on until the clock has run evenly for an hour",
            month);

    public void SenderRefused(RequestInfo association, IPEndPoint sender, IPEndPoint? client) =>
        Main.Warning("MX2022 inbound {Inbound}: {Client} {User}: datagrams to its UDP association from {Sender} are dropped: it is {Pinned}'s",
            association.Inbound, association.Client, LogText.Clean(association.User ?? "-"), sender,
            client?.ToString() ?? association.Client.Address.ToString());

    public void AnswerNotSent(string inbound, IPEndPoint client, Destination source, string reason)
    {
        if (!_gate.TryPass("MX1113", client)) return;
        Main.Warning("MX1113 inbound {Inbound}: answers of {Source} to {Client} are lost: no socket can have that address: {Reason}",
            inbound, source.ToString(), client, reason);
    }

    public void ExitSessionEnded(string exit, string reason) => Main.Warning("MX3004 exit {Exit}: {Reason}", exit, LogText.Clean(reason));

    /// <summary>The form of this line is fixed: programs that ban addresses read it (docs/operations.md).</summary>
    public void LoginFailed(string inbound, IPEndPoint client, string? user) =>
        Main.Warning("MX2010 login failed: client={Client} inbound={Inbound} user={User}", client.Address, inbound, LogText.Clean(user ?? "-"));

    /// <summary>Another line, so that no such program bans the load balancer.</summary>
    public void LoginFailedBehind(string inbound, IPEndPoint balancer, string? user) =>
        Main.Warning("MX1099 login failed of a client that the load balancer {Balancer} does not name: inbound={Inbound} user={User}",
            balancer.Address, inbound, LogText.Clean(user ?? "-"));

    public void UserRefused(string inbound, IPEndPoint client, string user, string login, string reason)
    {
        if (!_gate.TryPass("MX1067", client)) return;
        Main.Warning("MX1067 inbound {Inbound}: {Client} was not let in: it is the user {User} ({Login}), who {Reason}",
            inbound, client, LogText.Clean(user), LogText.Clean(login), reason);
    }

    public void LoginNotJudged(string inbound, IPEndPoint client, string user, string reason)
    {
        if (!_gate.TryPass("MX1124", client)) return;
        Main.Warning("MX1124 inbound {Inbound}: {Client} was not let in as {User}: {Reason}",
            inbound, client, LogText.Clean(user), LogText.Clean(reason));
    }

    public void UserCut(string user, string reason, int sessions) =>
        Main.Warning("MX1083 user {User} {Reason}; sessions cut: {Sessions}", LogText.Clean(user), reason, sessions);

    public void LockedOut(IPAddress client, TimeSpan lasts) =>
        Main.Warning("MX2011 client {Client} is locked out for {Lasts}: too many failed logins", client, lasts);

    public void QuotaUsedUp(string user, int sessions) =>
        Main.Warning("MX2012 user {User} has used up the quota of this month; sessions cut: {Sessions}", LogText.Clean(user), sessions);
}
