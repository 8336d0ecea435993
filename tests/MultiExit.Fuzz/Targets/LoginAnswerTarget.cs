using MultiExit.Engine.BackEnds;
using MultiExit.Engine.Identity;

namespace MultiExit.Fuzz.Targets;

/// <summary>Answers of an HTTP back-end. Outcomes: a user within its bounds, a denial, or what is wrong.</summary>
internal static class LoginAnswerTarget
{
    public static FuzzTarget Target => new("login-answer", Run)
    {
        MaxLength = 4000,
        Words =
        [
            "{", "}", "[", "]", ":", ",", "\"allow\":true", "\"allow\":false", "\"user\":", "\"groups\":", "\"limits\":", "\"exit\":", "\"connections\":",
            "\"bandwidth\":\"1MB/s\"", "\"quota\":", "null", "1e99", @"\xff", @"\\ud800",
        ],
    };

    private static void Run(ReadOnlySpan<byte> input)
    {
        Meter meter = new();
        BackEndAnswer answer = HttpAnswerReader.Read(input.ToArray(), "asked");
        meter.Check(input.Length, 800, 65536);
        Claim.Declared(answer.Verdict);
        Claim.Same(answer.Verdict == BackEndVerdict.Allowed, answer.User is not null, "a user comes with a yes");
        Claim.Same(answer.Verdict == BackEndVerdict.Unusable, answer.Reason is not null, "a reason comes with an answer that cannot be used");
        if (answer.User is not { } user) return;
        Claim.That(user.Name.Length is > 0 and <= 255 && !user.Name.Any(char.IsControl), "a user has a name that is none");
        Claim.That(user.Groups.Count <= BackEndUser.MaxGroups, "a user has too many groups");
        Claim.That(user.Limits is null or { Connections: null or > 0, NewPerSecond: null or > 0, Quota: null or > 0 }, "a limit is out of its range");
    }
}
