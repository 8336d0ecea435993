using MultiExit.Engine.Health;

namespace MultiExit.Engine.Tests.Health;

public sealed class AddressTextTests
{
    [Theory]
    [InlineData("203.0.113.7\n", "203.0.113.7")]
    [InlineData("{\"ip\":\"2001:db8::7\",\"port\":50412}", "2001:db8::7")]
    [InlineData("c\r\n203.0.113.7\n\r\n0\r\n\r\n", "203.0.113.7")]
    [InlineData("<p>Seen at 12:30:45 by v1.2.3: 203.0.113.7.</p>", "203.0.113.7")]
    [InlineData("ip=::ffff:203.0.113.7", "::ffff:203.0.113.7")]
    [InlineData("fl=1\nip=203.0.113.7\nts=1.2", "203.0.113.7")]
    [InlineData("999.0.113.7", null)]
    [InlineData("no address at all: 12, beef", null)]
    [InlineData("", null)]
    public void The_first_address_of_an_answer_counts(string answer, string? expected) => Assert.Equal(expected, AddressText.Find(answer)?.ToString());
}
