using System.Globalization;

namespace MultiExit.Engine.Provisioning;

/// <summary>The arguments of iproute2's <c>ip</c>.</summary>
internal static class Ip
{
    /// <summary>The protocol number of every rule and route that is made for source NAT (RTPROT_* of rtnetlink(7), a free one): it marks
    /// them as MultiExit's, whatever happened since.</summary>
    public const string Ours = "77";

    /// <summary>The same for those of a redirection.</summary>
    public const string OfRedirect = "78";

    public static string Family(bool isIpv6) => isIpv6 ? "-6" : "-4";

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    // The verb is the third word: -4 rule add ...
    public static string[] WithVerb(string[] words, string verb)
    {
        words[2] = verb;
        return words;
    }
}
