package vectors

import (
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
)

const root = "../../.."

// A proof is a test that shows a rule where no text of a vector names it.
type proof struct{ rule, file, test string }

// branches is the test that the files take every branch of a delta.
const branches = "netcode/codec/vectors/vectors_test.go"

var proofs = []proof{
	{"JOIN-1", "client/test/match.test.ts", "asks for a ticket and waits until it is matched"},
	{"JOIN-2", "netcode/admission_test.go", "TestAGoodRequestIsLetInAndTheProtocolIsNamedExactlyWhenItWasOffered"},
	{"JOIN-3", "netcode/admission_test.go", "TestARequestThatCannotBeServedIsRefusedBeforeTheUpgradeInOneLine"},
	{"JOIN-4", "netcode/close_test.go", "TestABadMessageClosesItsConnectionAlone"},
	{"JOIN-6", "netcode/private_test.go", "the first state has no private part"},
	{"JOIN-7", "netcode/view_test.go", "TestABudgetThatIsNoneIsRefused"},
	{"TICKET-1", "matchmaking/channel_test.go", "TestARequestForAChannelIsRefusedBeforeTheUpgrade"},
	{"TICKET-2", "matchmaking/channel_test.go", "TestAnOrderThatCannotBeIsAnsweredAsTheAPIWould"},
	{"TICKET-3", "client/test/tickets.test.ts", "asks for a ticket and tells how it waits until it is matched"},
	{"TICKET-4", "matchmaking/channel_test.go", "TestAnOrderThatCannotBeIsAnsweredAsTheAPIWould"},
	{"TICKET-5", "matchmaking/channel_test.go", "TestAChannelTellsEachChangeOfItsTicket"},
	{"TICKET-6", "matchmaking/channel_test.go", "TestTheEndOfAChannelEndsItsTicketsButThoseToKeep"},
	{"TICKET-7", "matchmaking/channel_test.go", "TestWhoSendsOrdersTooOftenIsToldAndThenLetGo"},
	{"TICKET-8", "server/channel_test.go", "TestANodeThatStopsSaysGoodbyeToItsTicketChannels"},
	{"SCHEMA-6", "sim/schema_test.go", "TestAHashChangesWithEveryPartOfASchema"},
	{"FRAME-4", "netcode/state_test.go", "TestARoomWhereNothingChangesSendsAKeepaliveOnceASecondAndOtherwiseNothing"},
	{"STATE-6", "netcode/view_test.go", "TestAClientWithAViewThatSkippedTicksAndAskedAnewSeesWhatIsNear"},
	{"CODER-3", "schema/vectors/coder.json", "zeros are cheap in the end"},
	{"DELTA-4", branches, "mover with %d after lately %d"},
	{"DELTA-5", branches, "residual of %d bits with sign %d"},
	{"DELTA-6", branches, "guess that wraps"},
	{"PREDICT-3", branches, "guess in way %d with %s"},
	{"PREDICT-4", branches, "guess in way %d with %s"},
	{"PREDICT-5", branches, "guess in way %d with %s"},
	{"PREDICT-6", branches, "residual of pace %d and side %d"},
	{"INPUT-2", "netcode/input_test.go", "TestOneInputIsAppliedPerPlayerAndTickHoweverManyCome"},
	{"INPUT-3", "netcode/input_test.go", "TestASupersededInputPassesItsPressOn"},
	{"INPUT-5", "netcode/input_test.go", "TestAnEchoComesBackWithTheTimeItWasHeld"},
	{"INPUT-9", "client/test/node.test.ts", "tells the fraction of the tick that it drew (INPUT-9)"},
	{"INPUT-10", "netcode/said_test.go", "TestOfAFloodOfMessagesTheGameHearsAFewAndThePlayerStays"},
	{"INPUT-9", "sim/past_test.go", "TestAForgedViewIsHeldToAnHonestOne"},
	{"RESUME-1", "netcode/comeback_test.go", "TestASeatThatWasCutIsKeptForTheGraceAndThenGivenBack"},
	{"RESUME-2", "netcode/comeback_test.go", "TestWhatWasNotWantedIsResumedAndWhatWasIsNot"},
	{"RESUME-3", "netcode/comeback_test.go", "TestASecretIsShownInEitherHeader"},
	{"RESUME-4", "netcode/comeback_test.go", "TestARequestThatResumesNothingIsRefusedInOneLine"},
	{"RESUME-5", "netcode/comeback_test.go", "TestTwoSecretsAreGoodAndNoOlderOnes"},
	{"RESUME-6", "netcode/comeback_test.go", "TestTheStateGoesOnFromTheTickThatTheClientNames"},
	{"RESUME-7", "netcode/comeback_test.go", "TestInputsThatAreSentAgainCountOnce"},
	{"RESUME-8", "netcode/comeback_test.go", "TestMessagesThatWereNotHeardComeAgainAndNoOthers"},
	{"RESUME-9", "netcode/comeback_test.go", "TestANewConnectionWinsOverAnOldOneThatLives"},
	{"RESUME-10", "netcode/client/resume_test.go", "TestPausesGrowAndAreJittered"},
	{"RESUME-11", "netcode/comeback_test.go", "TestAPageThatIsLoadedAnewGoesOnWithTheSecretAlone"},
	{"WATCH-1", "netcode/watch_test.go", "TestASpectatorIsNoPlayerAndSeesWhatAllSee"},
	{"WATCH-2", "netcode/watch_test.go", "TestASpectatorsInputsAreDropped"},
	{"WATCH-3", "netcode/watch_test.go", "TestASpectatorGetsNothingThatIsForSomebodyAlone"},
	{"WATCH-4", "netcode/watch_test.go", "TestASpectatorWhoWasCutComesBack"},
	{"RESUME-1", "client/test/resume.test.ts", "refuses a secret of another length (RESUME-1)"},
	{"RESUME-2", "client/test/resume.test.ts", "comes back after %i (RESUME-2)"},
	{"RESUME-3", "client/test/resume.test.ts", "shows the secret and says what it has (RESUME-3)"},
	{"RESUME-4", "client/test/resume.test.ts", "joins anew where the seat is gone and the ticket API answers (RESUME-4, RESUME-10)"},
	{"RESUME-5", "client/test/resume.test.ts", "uses the newest secret that came, and until then the one before (RESUME-5)"},
	{"RESUME-6", "client/test/resume.test.ts", "goes on from the state that it has, or from a full one (RESUME-6)"},
	{"RESUME-7", "client/test/resume.test.ts", "sends again what the server does not have, in order, before anything new (RESUME-7)"},
	{"RESUME-8", "client/test/resume.test.ts", "hears each message once, however often it is cut (RESUME-8)"},
	{"RESUME-9", "client/test/resume.test.ts", "gives up a connection that is silent for 5 s, and opens another (RESUME-9)"},
	{"RESUME-10", "client/test/resume.test.ts", "waits up to 0.25 s at first, then ever longer up to 5 s (RESUME-10)"},
	{"RESUME-11", "client/test/resume.test.ts", "a page that is loaded anew (RESUME-11)"},
	{"DATAGRAM-2", "netcode/codec/decoder_test.go", "TestABadDatagramMakesAFullStateDueAndTakesNothing"},
	{"DATAGRAM-3", "netcode/codec/decoder_test.go", "TestABaselineFallsOutOfTheRingAfterSixtyFourStates"},
	{"DATAGRAM-4", "netcode/codec/decoder_test.go", "TestALateOrDoubledDatagramIsPassedOver"},
	{"DATAGRAM-5", "netcode/codec/decoder_test.go", "TestAStateOnASnapshotThatIsNotHeldIsMissingUpToTheNextFullOne"},
	{"DATAGRAM-6", "netcode/codec/decoder_test.go", "TestInDatagramsAWrongChecksumIsMendedByALaterFullStateAlone"},
	{"DATAGRAM-7", "netcode/codec/decoder_test.go", "TestHeldReachesThirtyTwoTicksBack"},
	{"DATAGRAM-8", "netcode/baseline_test.go", "TestFullStatesToAClientThatAcknowledgesNothingAreFourASecond"},
	{"VERSION-1", "client/test/evolve.test.ts", "reads what it knows by name, and passes over the rest"},
	{"VERSION-2", "client/test/evolve.test.ts", "has the default of what the server does not have"},
	{"VERSION-3", "client/test/evolve.test.ts", "sends nothing for an input that it does not know, or the nearest to that"},
	{"VERSION-4", "schema/vectors/future.json", "fields that this version does not have"},
}

// unproved are rules with nothing to show: what a game does, what a transport does
// that is not offered yet, and what is left out.
var unproved = []string{"INPUT-4", "DATAGRAM-1", "DATAGRAM-9"}

func TestEveryRuleOfThePageHasAVectorOrATest(t *testing.T) {
	shown := strings.Join(unproved, " ") + " "
	for _, p := range proofs {
		if !strings.Contains(text(t, p.file), p.test) {
			t.Errorf("%s has no %q, which shows %s", p.file, p.test, p.rule)
		}
		shown += p.rule + " "
	}
	for _, s := range scripts() {
		shown += strings.Join(named.FindAllString(text(t, "schema/vectors/"+s.Name+".json"), -1), " ") + " "
	}
	for _, name := range []string{"client", "coder"} {
		shown += strings.Join(named.FindAllString(text(t, "schema/vectors/"+name+".json"), -1), " ") + " "
	}
	for _, rule := range rules.FindAllStringSubmatch(text(t, "schema/PROTOCOL.md"), -1) {
		if !strings.Contains(shown, rule[1]+" ") {
			t.Errorf("%s has neither a vector that names it nor a test", rule[1])
		}
	}
}

var (
	rules = regexp.MustCompile(`(?m)^- ([A-Z]+-[0-9]+) `)
	named = regexp.MustCompile(`[A-Z]+-[0-9]+`)
)

// text is a file of the repository.
func text(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(path.Join(root, file))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
